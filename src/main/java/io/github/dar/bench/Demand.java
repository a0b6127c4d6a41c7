package io.github.dar.bench;

/**
 * What a piece of work asks of a machine. Its limit is whichever of the two takes longer: a product
 * with few rows is bound by reading the weights, one with many by arithmetic.
 *
 * @param flops multiplications and additions in matrix products, each counted as one
 * @param bytes that must be read from memory; 0 where the work reads each byte many times
 */
record Demand(double flops, double bytes) {

  /** Seconds that it takes at the least. */
  double seconds(double flopsPerSecond, double bytesPerSecond) {
    return Math.max(flops / flopsPerSecond, bytes / bytesPerSecond);
  }

  /** Whether reading, not arithmetic, is what bounds it. */
  boolean isBoundByMemory(double flopsPerSecond, double bytesPerSecond) {
    return bytes / bytesPerSecond > flops / flopsPerSecond;
  }
}
