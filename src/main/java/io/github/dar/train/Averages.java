package io.github.dar.train;

import io.github.dar.weights.HostTensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Means of named numbers since they were last taken. */
final class Averages {

  private static final String SUM = "sum/";
  private static final String COUNT = "count";

  private final Map<String, Double> sums = new TreeMap<>();
  private long count;

  void add(Map<String, Double> values) {
    values.forEach((name, value) -> sums.merge(name, value, Double::sum));
    count++;
  }

  /** Returns the means, in the order of their names, and forgets them. */
  Map<String, Double> take() {
    Map<String, Double> means = new TreeMap<>();
    sums.forEach((name, sum) -> means.put(name, sum / count));
    sums.clear();
    count = 0;
    return means;
  }

  /** The sums so far, exactly. */
  Map<String, HostTensor> state() {
    Map<String, HostTensor> out = new LinkedHashMap<>();
    sums.forEach((name, sum) -> out.put(SUM + name, HostTensor.of(new double[] {sum}, 1)));
    out.put(COUNT, HostTensor.of(new long[] {count}, 1));
    return out;
  }

  /** Goes on from a {@link #state}, if there is one among these. */
  void restore(Map<String, HostTensor> state) {
    if (state.containsKey(COUNT)) {
      count = state.get(COUNT).toLongs()[0];
      state.forEach(
          (name, tensor) -> {
            if (name.startsWith(SUM)) {
              sums.put(name.substring(SUM.length()), tensor.toDoubles()[0]);
            }
          });
    }
  }
}
