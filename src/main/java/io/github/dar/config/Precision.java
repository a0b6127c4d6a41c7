package io.github.dar.config;

/** In what numbers a run computes. */
public enum Precision {
  /** The best that the device is fast at. */
  AUTO,
  /** 32-bit floats throughout. */
  FP32,
  /** Matrix products in bfloat16, weights and sums in 32-bit floats. */
  BF16,
  /**
   * For sampling: the transformer's matrices as 8-bit integers with a scale for each output, all
   * else as in AUTO. A quarter of the memory of 32-bit floats, and fewest bytes to read a token.
   */
  INT8
}
