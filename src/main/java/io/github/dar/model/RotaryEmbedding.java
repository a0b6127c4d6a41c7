package io.github.dar.model;

import io.github.dar.config.TokenizerConfig;

/**
 * Angles of the 2-D rotary embedding (method section 2; tokenizer_transformer.py, EmbedND2DMaker).
 */
final class RotaryEmbedding {

  private static final int PAIRS = TokenizerConfig.HEAD_SIZE / 2;
  private static final int PAIRS_AN_AXIS = PAIRS / 2;

  private RotaryEmbedding() {}

  /**
   * @param still tokens after the grid that do not rotate
   * @return (cos, sin) of every pair, {@code [height * width + still, 32, 2]}, row by row; the
   *     first 16 pairs turn by the row, the others by the column
   */
  static float[] grid(int height, int width, int still, double theta) {
    float[] out = new float[(height * width + still) * PAIRS * 2];
    for (int token = 0; token < height * width + still; token++) {
      boolean moves = token < height * width;
      int row = moves ? token / width : 0;
      int column = moves ? token % width : 0;
      for (int pair = 0; pair < PAIRS; pair++) {
        int position = pair < PAIRS_AN_AXIS ? row : column;
        double exponent = 2.0 * (pair % PAIRS_AN_AXIS) / PAIRS;
        double angle = position / Math.pow(theta, exponent);
        out[(token * PAIRS + pair) * 2] = (float) Math.cos(angle);
        out[(token * PAIRS + pair) * 2 + 1] = (float) Math.sin(angle);
      }
    }
    return out;
  }
}
