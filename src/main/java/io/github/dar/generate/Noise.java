package io.github.dar.generate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import java.util.stream.LongStream;

/**
 * Standard normal noise that belongs to images, not to batches: image i's is a function of (seed,
 * purpose, i).
 */
public final class Noise {

  private Noise() {}

  /**
   * Standard normal noise of consecutive images.
   *
   * @param first number of the first image
   * @return {@code [count, 3, height, width]}
   */
  public static NDArray of(
      NDManager into, long seed, Purpose purpose, long first, int count, int height, int width) {
    long[] images = LongStream.range(first, first + count).toArray();
    return of(into, seed, purpose, images, height, width);
  }

  /**
   * Standard normal noise.
   *
   * @param images numbers of the images, {@code [B]}
   * @return {@code [B, 3, height, width]}
   */
  public static NDArray of(
      NDManager into, long seed, Purpose purpose, long[] images, int height, int width) {
    int each = 3 * height * width;
    float[] values = new float[images.length * each];
    for (int i = 0; i < images.length; i++) {
      RandomStream.of(seed, purpose, images[i]).gaussians(values, i * each, each);
    }
    return into.create(values, new Shape(images.length, 3, height, width));
  }
}
