package io.github.dar.model;

import io.github.dar.config.TokenizerConfig;
import java.util.Map;

/**
 * First values of an attention that finds by place, written into the tensors of {@link LocalStart}:
 * one side's heads read the place from what they are given, the other's bring their own by the
 * rotation of their rotary embedding, or read it, too.
 */
final class PlaceAttention {

  private static final int HEAD = TokenizerConfig.HEAD_SIZE;
  private static final double HEAD_NORM = Math.sqrt(HEAD);

  /** What a head's norm makes of a place in four channels and its opposite in four more. */
  static final double PLACE = HEAD_NORM / 2;

  private static final double OTHER_CHANNELS = 0.3;

  private final Map<String, float[]> values;

  PlaceAttention(Map<String, float[]> values) {
    this.values = values;
  }

  /**
   * Rows of every head that read a place from {@code directions}; the others are made smaller.
   *
   * @param parts of the place's cell that the heads share out
   */
  void readPlace(
      String linear, OrthonormalRows directions, QueryPlaces places, double gain, int parts) {
    float[] weight = values.get(linear + ".weight");
    int heads = values.get(linear + ".bias").length / HEAD;
    int width = weight.length / (heads * HEAD);
    for (int i = 0; i < weight.length; i++) {
      weight[i] = (float) (weight[i] * OTHER_CHANNELS);
    }
    for (int head = 0; head < heads; head++) {
      for (int part = 0; part < QueryPlaces.VALUES; part++) {
        double turn = places.turn(part / 2, head % parts, parts);
        // The other value of the same wave, as a turn mixes the two.
        int beside = part ^ 1;
        double sine = part < beside ? -Math.sin(turn) : Math.sin(turn);
        int row = head * HEAD + places.channel(part);
        int opposite = head * HEAD + places.balance(part);
        for (int at = 0; at < width; at++) {
          double value =
              gain
                  * (Math.cos(turn) * directions.get(part, at) + sine * directions.get(beside, at));
          weight[row * width + at] = (float) value;
          weight[opposite * width + at] = (float) -value;
        }
      }
    }
  }

  /** What the other side of the attention brings: its own place, as the rotation turns it. */
  void point(String headBias, QueryPlaces places, int parts) {
    float[] bias = values.get(headBias);
    for (int axis = 0; axis < 2; axis++) {
      bias[places.channel(2 * axis)] = (float) (places.sharpness(axis, parts) * HEAD_NORM / PLACE);
    }
  }

  /**
   * What makes the score fall as it should where both sides read their place, without a rotation.
   */
  void meet(String headScale, QueryPlaces places) {
    float[] scale = values.get(headScale);
    for (int part = 0; part < QueryPlaces.VALUES; part++) {
      // Two channels of a head carry a value; the other of them keeps its scale of 1.
      scale[places.channel(part)] =
          (float) (places.sharpness(part / 2, 1) * HEAD_NORM / (PLACE * PLACE) - 1);
    }
  }
}
