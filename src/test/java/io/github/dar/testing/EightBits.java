package io.github.dar.testing;

/** What {@code --precision int8} makes of a matrix, in plain Java. */
public final class EightBits {

  private EightBits() {}

  /**
   * Rounds {@code [out, in]} to 255 steps an output, the step the least bfloat16 number that cuts
   * nothing off.
   */
  public static float[] rounded(float[] matrix, int in) {
    float[] out = new float[matrix.length];
    for (int row = 0; row < matrix.length; row += in) {
      float largest = 0;
      for (int i = row; i < row + in; i++) {
        largest = Math.max(largest, Math.abs(matrix[i]));
      }
      float step =
          Float.intBitsToFloat((Float.floatToIntBits(largest / 127) + 0xffff) & 0xffff0000);
      for (int i = row; i < row + in; i++) {
        out[i] = (float) Math.rint(matrix[i] / step) * step;
      }
    }
    return out;
  }
}
