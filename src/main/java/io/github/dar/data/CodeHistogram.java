package io.github.dar.data;

/**
 * How often each code of a codebook came: whether the codebook is used, and how evenly. Codes may
 * be taken away again, so that it can follow a window of them.
 */
public final class CodeHistogram {

  private final int[] counts;
  private long total;

  /**
   * @param size of the codebook, V
   */
  public CodeHistogram(int size) {
    this.counts = new int[size];
  }

  /**
   * One more of a code.
   *
   * @param code in [0, V)
   */
  public void add(int code) {
    counts[code]++;
    total++;
  }

  /** One less of a code that was added. */
  public void remove(int code) {
    counts[code]--;
    total--;
  }

  /** Share of the codebook that came at all, 0 to 1. */
  public double usage() {
    int used = 0;
    for (int count : counts) {
      used += count > 0 ? 1 : 0;
    }
    return (double) used / counts.length;
  }

  /** The exponential of the codes' entropy: 1 if all are the same, V if all came equally often. */
  public double perplexity() {
    double all = total;
    double entropy = 0;
    for (int count : counts) {
      if (count > 0) {
        entropy -= count / all * Math.log(count / all);
      }
    }
    return Math.exp(entropy);
  }
}
