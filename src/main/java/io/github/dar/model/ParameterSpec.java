package io.github.dar.model;

import java.util.Arrays;

/**
 * A trainable tensor as its network declares it.
 *
 * @param name the reference's name
 * @param init how a fresh network fills it
 * @param scale standard deviation of normal and truncated normal, bound of uniform; else unused
 * @param shape as in the reference: linears {@code [out, in]}
 */
public record ParameterSpec(String name, Init init, double scale, long... shape) {

  /** How a fresh network fills a tensor. */
  public enum Init {
    /** All zero. */
    ZEROS,
    /** All one. */
    ONES,
    /** Normal with standard deviation {@code scale}. */
    NORMAL,
    /** Normal with standard deviation {@code scale}, cut off at -2 and 2. */
    TRUNCATED_NORMAL,
    /** Uniform in {@code [-scale, scale)}. */
    UNIFORM,
    /** Uniform in {@code [-scale, scale)}, then rows made unit vectors. */
    UNIT_ROWS
  }

  /** Returns the number of values. */
  public long elements() {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  static ParameterSpec zeros(String name, long... shape) {
    return new ParameterSpec(name, Init.ZEROS, 0, shape);
  }

  static ParameterSpec ones(String name, long... shape) {
    return new ParameterSpec(name, Init.ONES, 0, shape);
  }

  static ParameterSpec normal(String name, double std, long... shape) {
    return new ParameterSpec(name, Init.NORMAL, std, shape);
  }

  static ParameterSpec truncated(String name, double std, long... shape) {
    return new ParameterSpec(name, Init.TRUNCATED_NORMAL, std, shape);
  }

  static ParameterSpec uniform(String name, double bound, long... shape) {
    return new ParameterSpec(name, Init.UNIFORM, bound, shape);
  }
}
