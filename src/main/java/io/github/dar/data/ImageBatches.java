package io.github.dar.data;

import io.github.dar.config.UserException;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Batches of a source, decoded and transformed by worker threads a little ahead of their reader.
 * What comes is a function of (source, transform, batch size, seed, position): neither the number
 * of threads nor a stop in between changes a bit of it.
 *
 * <p>Work is handed out only by {@link #next}, so a slow reader holds the workers back. One thread
 * reads. Closing stops the workers; the source stays open.
 *
 * <p>An image that can't be read ends it, unless the source {@linkplain ImageSource#skip skips} it:
 * in training the next one of the order that can be read takes its place, so that all batches are
 * full; in the order of the source it is missing.
 */
public final class ImageBatches implements Iterator<ImageBatch>, AutoCloseable {

  private static final int BATCHES_AHEAD = 2;
  private static final int CLOSE_SECONDS = 10;

  private final ImageSource source;
  private final Squares squares;
  private final Order order;
  private final int batchSize;
  private final long seed;
  private final long end;
  private final int ahead;
  private final ExecutorService workers;
  private final Deque<Pending> pending = new ArrayDeque<>();
  private long planned;
  private long position;
  private long waited;

  private ImageBatches(
      ImageSource source,
      Squares squares,
      Order order,
      int batchSize,
      long seed,
      long position,
      long end,
      int threads) {
    if (batchSize < 1 || threads < 1 || position < 0) {
      throw new UserException(
          "batch size %d, %d reading threads, position %d; give at least 1, 1 and 0"
              .formatted(batchSize, threads, position));
    }
    this.source = source;
    this.squares = squares;
    this.order = order;
    this.batchSize = batchSize;
    this.seed = seed;
    this.end = end;
    this.planned = position;
    this.position = position;
    // Enough for every thread to have an image, however small the batches are.
    this.ahead = BATCHES_AHEAD + threads / batchSize;
    this.workers =
        Executors.newFixedThreadPool(
            threads,
            task -> {
              Thread thread = new Thread(task, "dar-images");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Endless batches in the order of (seed, epoch), each image once an epoch; epochs follow one
   * another within a batch.
   *
   * @param seed of the order and the augmentation
   * @param position how many samples of the run were read before: 0, or where it was left
   * @param threads that decode
   */
  public static ImageBatches training(
      ImageSource source, Squares squares, int batchSize, long seed, long position, int threads) {
    EpochOrder epochs = new EpochOrder(seed, source.size());
    Order order =
        (sample, attempt) -> {
          if (attempt == source.size()) {
            throw new UserException(
                source.describe() + ": none of the images can be read; dar info says why");
          }
          return epochs.at(sample + attempt);
        };
    return new ImageBatches(
        source, squares, order, batchSize, seed, position, Long.MAX_VALUE, threads);
  }

  /**
   * Every image once, in the order of the source; the last batch may be smaller.
   *
   * @param seed of the augmentation, where the transform has any
   * @param threads that decode
   */
  public static ImageBatches inOrder(
      ImageSource source, Squares squares, int batchSize, long seed, int threads) {
    return inOrder(source, squares, batchSize, seed, 0, threads);
  }

  /**
   * The same from some image on.
   *
   * @param position of the first image
   */
  public static ImageBatches inOrder(
      ImageSource source, Squares squares, int batchSize, long seed, long position, int threads) {
    Order order = (sample, attempt) -> attempt == 0 ? (int) sample : Order.NONE;
    return new ImageBatches(
        source, squares, order, batchSize, seed, position, source.size(), threads);
  }

  /** As many threads as decode fastest: one a processor. */
  public static int usualThreads() {
    return Runtime.getRuntime().availableProcessors();
  }

  /** How many samples of the run were read: where to go on from. */
  public long position() {
    return position;
  }

  /** How long {@link #next} had to wait for images so far, in nanoseconds. */
  public long waited() {
    return waited;
  }

  @Override
  public boolean hasNext() {
    return position < end;
  }

  /**
   * The next batch; waits for it. In the order of the source it may be empty, if none of its images
   * could be read.
   *
   * @throws UserException if one of its images can't be read and is not skipped
   */
  @Override
  public ImageBatch next() {
    if (!hasNext()) {
      throw new NoSuchElementException("all images were read");
    }
    while (pending.size() < ahead && planned < end) {
      pending.add(plan());
    }
    Pending next = pending.remove();
    long begin = System.nanoTime();
    ImageBatch batch = next.await();
    waited += System.nanoTime() - begin;
    position += next.work.size();
    return batch;
  }

  @Override
  public void close() {
    workers.shutdownNow();
    try {
      // The source may be closed next.
      workers.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Pending plan() {
    int count = (int) Math.min(batchSize, end - planned);
    int size = squares.size();
    int values = Math.multiplyExact(squares.count(), 3 * size * size);
    float[] pixels = new float[Math.multiplyExact(count, values)];
    ImageBatch batch = new ImageBatch(planned, size, pixels, new int[count], new int[count]);
    List<Future<?>> work = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int at = i;
      work.add(workers.submit(() -> load(batch, at, values)));
    }
    planned += count;
    return new Pending(batch, values, work);
  }

  /** Fills a place of a batch. */
  private void load(ImageBatch batch, int at, int values) {
    long sample = batch.position() + at;
    for (int attempt = 0; ; attempt++) {
      int index = order.at(sample, attempt);
      batch.indices()[at] = index;
      if (index == Order.NONE) {
        return;
      }
      RgbImage image;
      try {
        image = source.image(index);
      } catch (UserException e) {
        source.skip(index, e);
        continue;
      }
      RandomStream random = RandomStream.of(seed, Purpose.AUGMENTATION, sample);
      int offset = at * values;
      for (RgbImage square : squares.of(image, random)) {
        Pixels.toFloats(square, batch.pixels(), offset);
        offset += values / squares.count();
      }
      batch.labels()[at] = source.label(index);
      return;
    }
  }

  /** Which image a sample of the run shows. */
  private interface Order {

    /** No image. */
    int NONE = -1;

    /**
     * The image of a sample.
     *
     * @param attempt how many others could not be read
     * @return its number in the source, or {@link #NONE}
     */
    int at(long sample, int attempt);
  }

  /**
   * A batch on its way.
   *
   * @param batch whose pixels are being written
   * @param values that an image has among them
   * @param work what has to end before it is whole
   */
  private record Pending(ImageBatch batch, int values, List<Future<?>> work) {

    ImageBatch await() {
      try {
        for (Future<?> image : work) {
          image.get();
        }
        return withoutGaps();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RuntimeException failure) {
          throw failure;
        }
        throw new IllegalStateException(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting for images", e);
      }
    }

    private ImageBatch withoutGaps() {
      int kept = 0;
      for (int i = 0; i < batch.count(); i++) {
        if (batch.indices()[i] != Order.NONE) {
          batch.indices()[kept] = batch.indices()[i];
          batch.labels()[kept] = batch.labels()[i];
          if (kept < i) {
            System.arraycopy(batch.pixels(), i * values, batch.pixels(), kept * values, values);
          }
          kept++;
        }
      }
      if (kept == batch.count()) {
        return batch;
      }
      return new ImageBatch(
          batch.position(),
          batch.size(),
          Arrays.copyOf(batch.pixels(), kept * values),
          Arrays.copyOf(batch.labels(), kept),
          Arrays.copyOf(batch.indices(), kept));
    }
  }
}
