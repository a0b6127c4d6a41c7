package io.github.dar.config;

/** How a picture is brought to the square that a network takes. */
public enum Fit {
  /** Scaled until it covers the square, then cut around its centre. */
  CROP,
  /** Scaled to cover the square or a little more, then cut at a random place. */
  RANDOM_CROP,
  /** Scaled down if too large, then placed in the middle of black. */
  PAD
}
