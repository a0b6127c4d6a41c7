package io.github.dar.train;

import io.github.dar.data.CodeHistogram;
import io.github.dar.weights.HostTensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Whether the codebook is alive: users watch its usage and its dead positions. Usage counts the
 * codes that the last {@value #WINDOW} tokens used (the reference's window), whatever the reporting
 * interval.
 */
final class CodebookUsage {

  static final int WINDOW = 65_536;

  private static final String CODES = "codes";
  private static final String SEEN = "codes_seen";
  private static final String DEAD = "dead_positions";

  private final int size;
  private final int[] window = new int[WINDOW];
  private CodeHistogram counts;
  private long seen;
  private double deadSum;
  private long batches;

  CodebookUsage(int size) {
    this.size = size;
    this.counts = new CodeHistogram(size);
  }

  /**
   * Takes the codes of a batch.
   *
   * @param codes {@code [count, N]}, flat
   */
  void add(long[] codes, int count) {
    if (codes.length == 0) {
      return;
    }
    for (long code : codes) {
      int slot = (int) (seen++ % WINDOW);
      if (seen > WINDOW) {
        counts.remove(window[slot]);
      }
      window[slot] = (int) code;
      counts.add((int) code);
    }
    deadSum += deadPositions(codes, count);
    batches++;
  }

  /** Share of the positions that have the same code in the whole batch. */
  private static double deadPositions(long[] codes, int count) {
    int tokens = codes.length / count;
    int dead = 0;
    for (int n = 0; n < tokens; n++) {
      boolean same = true;
      for (int b = 1; b < count && same; b++) {
        same = codes[b * tokens + n] == codes[n];
      }
      dead += same ? 1 : 0;
    }
    return (double) dead / tokens;
  }

  /**
   * Everything that {@link #take} looks at: a resumed run reports what an uninterrupted one does.
   */
  Map<String, HostTensor> state() {
    int filled = (int) Math.min(seen, WINDOW);
    Map<String, HostTensor> out = new LinkedHashMap<>();
    out.put(CODES, HostTensor.of(Arrays.copyOf(window, filled), filled));
    out.put(SEEN, HostTensor.of(new long[] {seen, batches}, 2));
    out.put(DEAD, HostTensor.of(new double[] {deadSum}, 1));
    return out;
  }

  /** Goes on from a {@link #state}, if there is one. */
  void restore(Map<String, HostTensor> state) {
    if (!state.containsKey(CODES)) {
      return;
    }
    int[] codes = state.get(CODES).toInts();
    System.arraycopy(codes, 0, window, 0, codes.length);
    counts = new CodeHistogram(size);
    for (int code : codes) {
      counts.add(code);
    }
    seen = state.get(SEEN).toLongs()[0];
    batches = state.get(SEEN).toLongs()[1];
    deadSum = state.get(DEAD).toDoubles()[0];
  }

  /**
   * Share of the codebook in use, its perplexity, and the share of dead positions since last asked.
   */
  Map<String, Double> take() {
    Map<String, Double> out = new LinkedHashMap<>();
    if (batches == 0) {
      return out;
    }
    out.put("codebook_usage", counts.usage());
    out.put("codebook_perplexity", counts.perplexity());
    out.put("dead_positions", deadSum / batches);
    deadSum = 0;
    batches = 0;
    return out;
  }
}
