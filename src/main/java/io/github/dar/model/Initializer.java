package io.github.dar.model;

import io.github.dar.engine.RandomStream;
import java.util.Arrays;

/** Draws the values of a fresh tensor. */
final class Initializer {

  private Initializer() {}

  static float[] values(ParameterSpec spec, RandomStream random) {
    float[] out = new float[Math.toIntExact(spec.elements())];
    switch (spec.init()) {
      case ZEROS -> {}
      case ONES -> Arrays.fill(out, 1);
      case NORMAL -> {
        random.gaussians(out, 0, out.length);
        scale(out, spec.scale());
      }
      case TRUNCATED_NORMAL -> truncatedNormal(out, spec.scale(), random);
      case UNIFORM, UNIT_ROWS -> {
        random.uniforms(out, 0, out.length);
        for (int i = 0; i < out.length; i++) {
          out[i] = (float) ((2.0 * out[i] - 1) * spec.scale());
        }
        if (spec.init() == ParameterSpec.Init.UNIT_ROWS) {
          normalizeRows(out, (int) spec.shape()[1]);
        }
      }
    }
    return out;
  }

  private static void scale(float[] values, double factor) {
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (values[i] * factor);
    }
  }

  /**
   * The reference cuts at the absolute values -2 and 2, whatever the standard deviation (torch's
   * trunc_normal_).
   */
  private static void truncatedNormal(float[] out, double std, RandomStream random) {
    for (int i = 0; i < out.length; i++) {
      double value;
      do {
        value = random.nextGaussian() * std;
      } while (Math.abs(value) > 2);
      out[i] = (float) value;
    }
  }

  private static void normalizeRows(float[] values, int width) {
    for (int row = 0; row < values.length; row += width) {
      double sum = 0;
      for (int i = row; i < row + width; i++) {
        sum += (double) values[i] * values[i];
      }
      double norm = Math.max(Math.sqrt(sum), 1e-12);
      for (int i = row; i < row + width; i++) {
        values[i] = (float) (values[i] / norm);
      }
    }
  }
}
