package io.github.dar.eval;

/**
 * A value that was measured several times, over parts of a set.
 *
 * @param mean over the parts
 * @param deviation the population standard deviation over the parts
 */
public record Spread(double mean, double deviation) {

  static Spread of(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    double mean = sum / values.length;
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    return new Spread(mean, Math.sqrt(squares / values.length));
  }
}
