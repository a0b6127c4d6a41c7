package io.github.dar.bench;

import io.github.dar.config.Fit;
import io.github.dar.data.ImageBatches;
import io.github.dar.data.ImageSource;
import io.github.dar.data.ImageTransform;

/** Reads all images of a source as a training does. */
final class Pictures {

  private static final int BATCH = 32;

  private Pictures() {}

  /**
   * Seconds that it takes, from no batch on its way to all there.
   *
   * @param size of the squares in pixels
   */
  static double seconds(ImageSource source, int size, int threads) {
    ImageTransform transform = ImageTransform.of(size, Fit.RANDOM_CROP, true);
    long begin = System.nanoTime();
    try (ImageBatches batches = ImageBatches.inOrder(source, transform, BATCH, 0, threads)) {
      while (batches.hasNext()) {
        batches.next();
      }
      return Stopwatch.since(begin);
    }
  }
}
