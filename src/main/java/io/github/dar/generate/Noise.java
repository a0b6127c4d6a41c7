package io.github.dar.generate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;

/**
 * Standard normal noise that belongs to images, not to batches: image i's is a function of (seed,
 * purpose, i).
 */
public final class Noise {

  private Noise() {}

  /**
   * @param first number of the first image
   * @return {@code [count, 3, height, width]}
   */
  public static NDArray of(
      NDManager into, long seed, Purpose purpose, long first, int count, int height, int width) {
    int each = 3 * height * width;
    float[] values = new float[count * each];
    for (int i = 0; i < count; i++) {
      RandomStream.of(seed, purpose, first + i).gaussians(values, i * each, each);
    }
    return into.create(values, new Shape(count, 3, height, width));
  }
}
