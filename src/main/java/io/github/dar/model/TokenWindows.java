package io.github.dar.model;

import io.github.dar.config.TokenLayout;

/**
 * Which tokens condition which part of the denoising (method section 6). The rule is float32 in
 * training and float64 in sampling, on the unshifted time: a product one unit in the last place
 * below a whole number loses one token.
 */
public final class TokenWindows {

  private TokenWindows() {}

  /**
   * First token of the window at a time of sampling (vq_model.py, decode_into_pixels).
   *
   * @param time unshifted, in [0, 1)
   */
  public static int beginSampling(TokenLayout layout, double time) {
    int groups = layout.numQueryGroups();
    double discrete = Math.floor(time * groups + 0.5) / groups;
    int begin = (int) (discrete * layout.numAllQueries());
    return Math.min(layout.numAllQueries() - layout.queriesPerStep(), begin);
  }

  /**
   * First token of the window at a time drawn in training (vq_model.py, encode).
   *
   * @param time unshifted, in [0, 1)
   */
  public static int beginTraining(TokenLayout layout, float time) {
    int groups = layout.numQueryGroups();
    float discrete = (float) Math.floor(time * groups + 0.5f) / groups;
    int begin = (int) (discrete * layout.numAllQueries());
    int last = layout.numAllQueries() - layout.queriesPerStep();
    return Math.max(0, Math.min(last, begin));
  }

  /** How many tokens the images of a training batch have up to the ends of their windows. */
  public static long seen(TokenLayout layout, float[] times) {
    long seen = 0;
    for (float time : times) {
      seen += beginTraining(layout, time) + layout.queriesPerStep();
    }
    return seen;
  }

  /**
   * Returns how many tokens must exist before denoising step {@code step} of {@code steps} can be
   * taken.
   */
  public static int needed(TokenLayout layout, int step, int steps) {
    return beginSampling(layout, (double) step / steps) + layout.queriesPerStep();
  }
}
