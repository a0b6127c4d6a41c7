package io.github.dar.engine;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Map;

/**
 * Whether oneDNN, libtorch's library for convolutions and packed matrices, multiplies right here.
 * On a virtual machine that hides the sizes of its caches (an AMD EPYC of family 26, libtorch
 * 2.7.1) rows of 72 numbers came out wrong by a tenth and more, always alike, with one thread; with
 * two they were right.
 */
public final class OneDnn {

  /** No whole number of registers: such rows were wrong, those of 64 were right. */
  private static final int WIDTH = 72;

  private static final int ROWS = 40;

  private static final float MOST = 1e-4f;

  private OneDnn() {}

  /**
   * Returns whether this device has oneDNN and it multiplies as it should, with the number of
   * threads that libtorch has now.
   */
  public static boolean isRight(Compute compute) {
    // Other processors' libtorch may come without oneDNN; the text would not compile there.
    if (compute.manager().getDevice().isGpu()
        || !System.getProperty("os.arch").matches("amd64|x86_64")) {
      return false;
    }
    try (NDManager scope = compute.manager().newSubManager();
        Kernel kernel = Kernel.load(scope, Map.of(), "products_packed", "onednn_check")) {
      float[] row = values(WIDTH);
      float[] matrix = values(ROWS * WIDTH);
      float difference =
          kernel
              .run(
                  scope,
                  "difference",
                  scope.create(row, new Shape(1, 1, WIDTH)),
                  scope.create(matrix, new Shape(ROWS, WIDTH)))
              .singletonOrThrow()
              .getFloat();
      return difference < MOST;
    }
  }

  /** Numbers from -1 to 1 without a pattern that a row or a column shares. */
  private static float[] values(int count) {
    float[] out = new float[count];
    for (int i = 0; i < count; i++) {
      out[i] = (float) Math.sin(i * (double) i + 1);
    }
    return out;
  }
}
