package io.github.dar.eval;

import io.github.dar.config.UserException;
import io.github.dar.data.ImageSource;
import io.github.dar.data.RgbImage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;

/**
 * The images of a source in its order, as batches of bytes, decoded by worker threads a little
 * ahead of their reader. All are of one size, and none may be missing: an image that can't be read
 * ends an evaluation, as a number of other images would not be the one that was asked for.
 */
public final class PictureReader implements Iterator<List<RgbImage>>, AutoCloseable {

  private static final int BATCHES_AHEAD = 2;

  private final ImageSource source;
  private final UnaryOperator<RgbImage> fit;
  private final int batch;
  private final ExecutorService workers;
  private final Deque<List<Future<RgbImage>>> pending = new ArrayDeque<>();
  private RgbImage first;
  private int planned;
  private int position;

  /**
   * Starts to read.
   *
   * @param source stays open
   * @param fit what brings an image to its size
   * @param position of the first image wanted
   * @param batch images at a time
   */
  public PictureReader(ImageSource source, UnaryOperator<RgbImage> fit, int position, int batch) {
    this.source = source;
    this.fit = fit;
    this.batch = batch;
    this.planned = position;
    this.position = position;
    this.workers =
        Executors.newFixedThreadPool(
            Runtime.getRuntime().availableProcessors(),
            task -> {
              Thread thread = new Thread(task, "dar-pictures");
              thread.setDaemon(true);
              return thread;
            });
  }

  @Override
  public boolean hasNext() {
    return position < source.size();
  }

  /**
   * The next batch; waits for it.
   *
   * @throws UserException if an image can't be read, or is of another size than the first
   */
  @Override
  public List<RgbImage> next() {
    if (!hasNext()) {
      throw new NoSuchElementException("all images were read");
    }
    if (first == null) {
      first = fit.apply(source.image(0));
    }
    while (pending.size() <= BATCHES_AHEAD && planned < source.size()) {
      pending.add(plan());
    }
    List<RgbImage> images = new ArrayList<>();
    for (Future<RgbImage> image : pending.remove()) {
      images.add(checked(await(image), position++));
    }
    return images;
  }

  private List<Future<RgbImage>> plan() {
    List<Future<RgbImage>> work = new ArrayList<>();
    for (int i = 0; i < batch && planned < source.size(); i++) {
      int index = planned++;
      work.add(workers.submit(() -> fit.apply(source.image(index))));
    }
    return work;
  }

  private static RgbImage await(Future<RgbImage> image) {
    try {
      return image.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UserException("interrupted: run the same command again to go on", e);
    }
  }

  private RgbImage checked(RgbImage image, int index) {
    if (image.width() != first.width() || image.height() != first.height()) {
      throw new UserException(
          "%s: image %d is %dx%d and the first one %dx%d; --size N brings all to one size"
              .formatted(
                  source.describe(),
                  index,
                  image.width(),
                  image.height(),
                  first.width(),
                  first.height()));
    }
    return image;
  }

  @Override
  public void close() {
    workers.shutdownNow();
  }
}
