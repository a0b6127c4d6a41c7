package io.github.dar.model;

import io.github.dar.config.TokenizerConfig;
import io.github.dar.engine.RandomStream;
import java.util.List;
import java.util.Map;

/**
 * Attention of pixel patches to each other that falls with the distance and brings what the patches
 * hold as it is. So a block can begin by taking noise for what differs from all around.
 */
final class LookAround {

  // Pairs of the rotary embedding along an axis, the fastest: together they don't come round again.
  private static final int WAVES = 3;
  // Each wave's cosine then counts once in the score: half the weight one patch further.
  private static final float NEARNESS = (float) Math.sqrt(Math.sqrt(TokenizerConfig.HEAD_SIZE));

  private LookAround() {}

  /**
   * Changes the weights of one attention with a rotary embedding.
   *
   * @param attention what their names begin with
   * @param width of the patches
   * @param random for the directions in which what they hold is carried
   */
  static void into(Map<String, float[]> values, String attention, int width, RandomStream random) {
    // Both sides hold the same, so the rotation leaves the cosine of how far they are apart.
    for (String norm : List.of("q_norm", "k_norm")) {
      float[] bias = values.get(attention + norm + ".bias");
      for (int wave = 0; wave < WAVES; wave++) {
        bias[2 * wave] = NEARNESS;
        bias[TokenizerConfig.HEAD_SIZE / 2 + 2 * wave] = NEARNESS;
      }
    }
    OrthonormalRows directions = new OrthonormalRows(width - 1, width, random);
    float[] in = values.get(attention + "v.weight");
    float[] out = values.get(attention + "proj.weight");
    for (int row = 0; row < width; row++) {
      for (int at = 0; at < width; at++) {
        // There is one direction fewer than values.
        double value = row < width - 1 ? directions.get(row, at) : 0;
        in[row * width + at] = (float) value;
        out[at * width + row] = (float) value;
      }
    }
  }
}
