package io.github.dar.data;

import io.github.dar.config.UserException;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
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
import java.util.concurrent.TimeUnit;
import java.util.function.LongToIntFunction;

/**
 * Batches of a source, decoded and transformed by worker threads a little ahead of their reader.
 * What comes is a function of (source, transform, batch size, seed, position): neither the number
 * of threads nor a stop in between changes a bit of it.
 *
 * <p>Work is handed out only by {@link #next}, so a slow reader holds the workers back. One thread
 * reads. Closing stops the workers; the source stays open.
 */
public final class ImageBatches implements Iterator<ImageBatch>, AutoCloseable {

  private static final int BATCHES_AHEAD = 2;
  private static final int CLOSE_SECONDS = 10;

  private final ImageSource source;
  private final ImageTransform transform;
  private final LongToIntFunction order;
  private final int batchSize;
  private final long seed;
  private final long end;
  private final int ahead;
  private final ExecutorService workers;
  private final Deque<Pending> pending = new ArrayDeque<>();
  private long planned;
  private long position;

  private ImageBatches(
      ImageSource source,
      ImageTransform transform,
      LongToIntFunction order,
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
    this.transform = transform;
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
      ImageSource source,
      ImageTransform transform,
      int batchSize,
      long seed,
      long position,
      int threads) {
    EpochOrder order = new EpochOrder(seed, source.size());
    return new ImageBatches(
        source, transform, order::at, batchSize, seed, position, Long.MAX_VALUE, threads);
  }

  /**
   * Every image once, in the order of the source; the last batch may be smaller.
   *
   * @param seed of the augmentation, where the transform has any
   * @param threads that decode
   */
  public static ImageBatches inOrder(
      ImageSource source, ImageTransform transform, int batchSize, long seed, int threads) {
    return new ImageBatches(
        source, transform, at -> (int) at, batchSize, seed, 0, source.size(), threads);
  }

  /** How many samples of the run were read: where to go on from. */
  public long position() {
    return position;
  }

  @Override
  public boolean hasNext() {
    return position < end;
  }

  /**
   * The next batch; waits for it.
   *
   * @throws UserException if one of its images can't be read
   */
  @Override
  public ImageBatch next() {
    if (!hasNext()) {
      throw new NoSuchElementException("all images were read");
    }
    while (pending.size() < ahead && planned < end) {
      pending.add(plan());
    }
    ImageBatch batch = pending.remove().await();
    position += batch.count();
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
    int size = transform.size();
    int[] indices = new int[count];
    int[] labels = new int[count];
    float[] pixels = new float[Math.multiplyExact(count, 3 * size * size)];
    List<Future<?>> work = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      long sample = planned + i;
      int index = order.applyAsInt(sample);
      int offset = i * 3 * size * size;
      indices[i] = index;
      labels[i] = source.label(index);
      work.add(workers.submit(() -> load(index, sample, pixels, offset)));
    }
    Pending batch = new Pending(new ImageBatch(planned, size, pixels, labels, indices), work);
    planned += count;
    return batch;
  }

  private void load(int index, long sample, float[] pixels, int offset) {
    RandomStream random = RandomStream.of(seed, Purpose.AUGMENTATION, sample);
    Pixels.toFloats(transform.apply(source.image(index), random), pixels, offset);
  }

  /**
   * A batch on its way.
   *
   * @param batch whose pixels are being written
   * @param work what has to end before it is whole
   */
  private record Pending(ImageBatch batch, List<Future<?>> work) {

    ImageBatch await() {
      try {
        for (Future<?> image : work) {
          image.get();
        }
        return batch;
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
  }
}
