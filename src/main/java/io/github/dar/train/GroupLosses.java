package io.github.dar.train;

import io.github.dar.weights.HostTensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** The mean loss of each group of tokens since it was last taken. */
final class GroupLosses {

  private static final String SUMS = "group_sums";
  private static final String COUNTS = "group_counts";

  private final int tokens;
  private double[] sums;
  private double[] counts;

  /**
   * @param groups G
   * @param tokens N, of an image
   */
  GroupLosses(int groups, int tokens) {
    this.tokens = tokens;
    this.sums = new double[groups];
    this.counts = new double[groups];
  }

  /**
   * Adds the losses of a batch.
   *
   * @param positions by token: of all tokens or of the first ones
   */
  void add(float[] positions) {
    for (int n = 0; n < positions.length; n++) {
      int group = (int) ((long) n * sums.length / tokens);
      sums[group] += positions[n];
      counts[group]++;
    }
  }

  /** Takes the means, {@code loss_group_0} and so on, of the groups that there were tokens of. */
  Map<String, Double> take() {
    Map<String, Double> out = new LinkedHashMap<>();
    for (int i = 0; i < sums.length; i++) {
      if (counts[i] > 0) {
        out.put(ReportLine.GROUP + i, sums[i] / counts[i]);
      }
      sums[i] = 0;
      counts[i] = 0;
    }
    return out;
  }

  /**
   * What {@link #restore} goes on from, always in the same order: checkpoints are compared by
   * bytes.
   */
  Map<String, HostTensor> state() {
    Map<String, HostTensor> out = new LinkedHashMap<>();
    out.put(SUMS, HostTensor.of(sums, sums.length));
    out.put(COUNTS, HostTensor.of(counts, counts.length));
    return out;
  }

  /** Takes up what {@link #state} gave, if it is there. */
  void restore(Map<String, HostTensor> state) {
    if (state.containsKey(COUNTS)) {
      sums = state.get(SUMS).toDoubles();
      counts = state.get(COUNTS).toDoubles();
    }
  }
}
