package io.github.dar.model;

import io.github.dar.config.TransformerConfig;

/**
 * Angles of the transformer's rotary embedding over 1-D positions. Frequencies and angles are
 * rounded to float32 where the reference rounds them (precompute_freqs_cis_1d): at position 256 a
 * unit in the last place is 1.5e-5.
 */
final class TransformerRope {

  private TransformerRope() {}

  /** Returns (cos, sin) of every position and pair: {@code [N + 1, E/2, 2]} in row-major order. */
  static float[] table(TransformerConfig config) {
    int positions = config.sequence().blockSize() + config.sequence().clsTokenNum();
    int headDim = config.headDim();
    float[] table = new float[positions * headDim];
    for (int pair = 0; pair < headDim / 2; pair++) {
      float exponent = 2f * pair / headDim;
      float frequency = 1 / (float) StrictMath.pow(config.ropeBase(), exponent);
      for (int position = 0; position < positions; position++) {
        float angle = position * frequency;
        int at = position * headDim + 2 * pair;
        table[at] = (float) StrictMath.cos(angle);
        table[at + 1] = (float) StrictMath.sin(angle);
      }
    }
    return table;
  }
}
