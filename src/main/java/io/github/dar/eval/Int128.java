package io.github.dar.eval;

/** A signed sum of 128 bits, for products that must not be rounded before they are subtracted. */
final class Int128 {

  private long high;
  private long low;

  void clear() {
    high = 0;
    low = 0;
  }

  /**
   * Adds a * b * 2^shift, which must fit.
   *
   * @param shift 0..63
   */
  void addProduct(long a, long b, int shift) {
    long productHigh = Math.multiplyHigh(a, b);
    long productLow = a * b;
    if (shift > 0) {
      productHigh = productHigh << shift | productLow >>> (Long.SIZE - shift);
      productLow <<= shift;
    }
    low += productLow;
    high += productHigh + (Long.compareUnsigned(low, productLow) < 0 ? 1 : 0);
  }

  /** The sum as a double, with at most two roundings. */
  double toDouble() {
    if (high >= 0) {
      return magnitude(high, low);
    }
    return -magnitude(low == 0 ? -high : ~high, -low);
  }

  private static double magnitude(long high, long low) {
    // Halving keeps the lowest bit sticky so that the unsigned half is rounded once.
    double unsigned = low >= 0 ? low : 2.0 * (low >>> 1 | low & 1);
    return high * 0x1p64 + unsigned;
  }
}
