package io.github.dar.train;

import io.github.dar.data.ImageBatch;
import io.github.dar.data.ImageBatches;
import io.github.dar.data.ImageSource;
import io.github.dar.data.ImageTransform;

/**
 * The images of a training, in its order, from any position on; and how long it waited for them.
 */
final class TrainingImages implements AutoCloseable {

  private final ImageSource source;
  private final ImageTransform transform;
  private final long seed;
  private ImageBatches batches;
  private long waited;

  /**
   * @param source stays the caller's
   */
  TrainingImages(ImageSource source, ImageTransform transform, long seed) {
    this.source = source;
    this.transform = transform;
    this.seed = seed;
  }

  /**
   * The images from a position on; those that follow are being read meanwhile.
   *
   * @param position counted over all epochs
   */
  ImageBatch next(long position, int count) {
    if (batches == null || batches.position() != position) {
      close();
      batches =
          ImageBatches.training(
              source, transform, count, seed, position, ImageBatches.usualThreads());
    }
    long asked = System.nanoTime();
    ImageBatch batch = batches.next();
    waited += System.nanoTime() - asked;
    return batch;
  }

  /** Returns the seconds waited since this was last asked. */
  double waited() {
    double seconds = waited / 1e9;
    waited = 0;
    return seconds;
  }

  @Override
  public void close() {
    if (batches != null) {
      batches.close();
    }
  }
}
