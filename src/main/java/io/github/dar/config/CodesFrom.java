package io.github.dar.config;

/** When the pictures that a transformer is trained on become codes. */
public enum CodesFrom {
  /**
   * Before the training, once: each picture in one way, or in all ten where the fit is a ten-crop,
   * of which one is drawn each time.
   */
  AHEAD,
  /** In the training, each time anew: crops and mirrorings never come twice; every step encodes. */
  ON_THE_FLY
}
