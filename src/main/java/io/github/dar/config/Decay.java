package io.github.dar.config;

/** The shape of the learning rate after the warm-up. */
public enum Decay {
  /** It stays. */
  CONSTANT,
  /** It falls on a straight line to the final rate. */
  LINEAR,
  /** It falls along half a cosine towards 0 and stops at the final rate. */
  COSINE
}
