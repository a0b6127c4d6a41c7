package io.github.dar.bench;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What several rounds of the same measurement gave.
 *
 * @param min the least
 * @param lower the lower quartile
 * @param median the middle
 * @param upper the upper quartile
 * @param max the most
 * @param rounds how many there were, at least 1
 */
public record Spread(
    double min, double lower, double median, double upper, double max, int rounds) {

  /** Of some values, at least one. */
  static Spread of(Collection<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    if (sorted.length == 0) {
      throw new IllegalArgumentException("no round was measured");
    }
    return new Spread(
        sorted[0],
        quantile(sorted, 0.25),
        quantile(sorted, 0.5),
        quantile(sorted, 0.75),
        sorted[sorted.length - 1],
        sorted.length);
  }

  /** Between the two nearest values where none is at that place. */
  private static double quantile(double[] sorted, double part) {
    double place = part * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }

  /** As JSON has it. */
  Map<String, Object> fields() {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("median", median);
    out.put("min", min);
    out.put("lower_quartile", lower);
    out.put("upper_quartile", upper);
    out.put("max", max);
    return out;
  }
}
