package io.github.dar.eval;

import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;

/** Drawn features, as networks give them: not centred, some of them dead. */
final class FeatureArrays {

  private FeatureArrays() {}

  /** {@code [n, width]}, flat: |normal| of different scales, every seventh column constant. */
  static float[] drawn(long seed, int n, int width) {
    float[] out = new float[n * width];
    for (int i = 0; i < n; i++) {
      RandomStream.of(seed, Purpose.NOISE, i).gaussians(out, i * width, width);
      for (int j = 0; j < width; j++) {
        int at = i * width + j;
        out[at] = j % 7 == 6 ? 0.3f : Math.abs(out[at]) * (1 + j % 5) - (j % 3 == 2 ? 2 : 0);
      }
    }
    return out;
  }

  /** The rows in another order. */
  static float[] shuffled(float[] rows, int n, int[] order) {
    int width = rows.length / n;
    float[] out = new float[rows.length];
    for (int i = 0; i < n; i++) {
      System.arraycopy(rows, order[i] * width, out, i * width, width);
    }
    return out;
  }
}
