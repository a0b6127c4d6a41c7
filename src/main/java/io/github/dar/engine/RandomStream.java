package io.github.dar.engine;

/**
 * The random numbers of one sample: a pure function of (seed, purpose, index), so results don't
 * depend on batch sizes, threads or order. Streams never overlap: the seed is the key of {@link
 * Philox}, purpose and index fill three words of its counter and the fourth counts blocks within
 * the stream.
 *
 * <p>The values are the same on every platform and Java: only integer and IEEE operations are used,
 * none of whose results the Java specification leaves open. Streams are cheap to make; one belongs
 * to one thread.
 */
public final class RandomStream {

  private static final double TWO_POW_MINUS_32 = 0x1p-32;
  private static final double TURN = 2 * Math.PI * TWO_POW_MINUS_32;
  private static final double LN_2 = 0.6931471805599453;
  private static final long SQRT_2_MANTISSA = 0x6A09E667F3BCDL;
  private static final long MANTISSA = 0xFFFFFFFFFFFFFL;

  private final int seedLow;
  private final int seedHigh;
  private final int purpose;
  private final int indexLow;
  private final int indexHigh;

  private final int[] words = new int[Philox.WORDS];
  private int used = Philox.WORDS;
  private long block;

  private double cosine;
  private double sine;
  private boolean sineIsLeft;

  private RandomStream(long seed, Purpose purpose, long index) {
    this.seedLow = (int) seed;
    this.seedHigh = (int) (seed >>> 32);
    this.purpose = purpose.id();
    this.indexLow = (int) index;
    this.indexHigh = (int) (index >>> 32);
  }

  /**
   * The stream of one sample, at its start.
   *
   * @param seed any number
   * @param purpose what the draws are for
   * @param index which sample: any number
   */
  public static RandomStream of(long seed, Purpose purpose, long index) {
    return new RandomStream(seed, purpose, index);
  }

  /** 32 random bits. */
  public int nextInt() {
    if (used == Philox.WORDS) {
      nextBlock();
    }
    return words[used++];
  }

  /** 64 random bits. */
  public long nextLong() {
    long high = nextInt();
    return high << 32 | Integer.toUnsignedLong(nextInt());
  }

  /**
   * A whole number in [0, bound), all equally likely (Lemire, "Fast random integer generation in an
   * interval", 2019).
   *
   * @param bound at least 1
   */
  public int nextInt(int bound) {
    if (bound < 1) {
      throw new IllegalArgumentException("no number lies in [0, " + bound + ")");
    }
    long product = Integer.toUnsignedLong(nextInt()) * bound;
    if (Integer.compareUnsigned((int) product, bound) < 0) {
      int threshold = Integer.remainderUnsigned(-bound, bound);
      while (Integer.compareUnsigned((int) product, threshold) < 0) {
        product = Integer.toUnsignedLong(nextInt()) * bound;
      }
    }
    return (int) (product >>> 32);
  }

  /** Uniform in [0, 1), a multiple of 2^-24. */
  public float nextFloat() {
    return (nextInt() >>> 8) * 0x1p-24f;
  }

  /** Uniform in [0, 1), a multiple of 2^-53. */
  public double nextDouble() {
    long high = nextInt() >>> 5;
    long low = nextInt() >>> 6;
    return ((high << 26) | low) * 0x1p-53;
  }

  /** Standard normal. */
  public double nextGaussian() {
    sineIsLeft = !sineIsLeft;
    if (!sineIsLeft) {
      return sine;
    }
    boxMuller();
    return cosine;
  }

  /**
   * Fills a range with what as many calls of {@link #nextFloat} would give.
   *
   * @param offset of the first value written
   * @param length how many are written
   */
  public void uniforms(float[] out, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      out[i] = nextFloat();
    }
  }

  /**
   * Fills a range with what as many calls of {@link #nextGaussian} would give.
   *
   * @param offset of the first value written
   * @param length how many are written
   */
  public void gaussians(float[] out, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      out[i] = (float) nextGaussian();
    }
  }

  /** The numbers 0..n-1 in random order, all orders equally likely. */
  public int[] permutation(int n) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      int j = nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  private void nextBlock() {
    if (block >>> 32 != 0) {
      throw new IllegalStateException("a random stream ends after 2^34 words");
    }
    Philox.block((int) block, purpose, indexLow, indexHigh, seedLow, seedHigh, words);
    block++;
    used = 0;
  }

  /**
   * Two normal values from two words. The polynomials are good to 1e-11, which is more than a float
   * holds; {@link Math} may differ between platforms in the last bit and {@link StrictMath} is
   * several times slower.
   */
  private void boxMuller() {
    double radius =
        Math.sqrt(-2 * ln((Integer.toUnsignedLong(nextInt()) + 0.5) * TWO_POW_MINUS_32));
    int angle = nextInt();
    // The nearest quarter of the circle, and what is left: between -pi/4 and pi/4.
    int quarter = (angle + (1 << 29)) >>> 30;
    double x = (angle - (quarter << 30)) * TURN;
    double xx = x * x;
    double sin =
        x
            * (1
                + xx
                    * (-1 / 6.
                        + xx
                            * (1 / 120.
                                + xx * (-1 / 5040. + xx * (1 / 362880. + xx * (-1 / 39916800.))))));
    double cos =
        1
            + xx
                * (-1 / 2.
                    + xx
                        * (1 / 24.
                            + xx
                                * (-1 / 720.
                                    + xx * (1 / 40320. + xx * (-1 / 3628800. + xx / 479001600.)))));
    double a = (quarter & 1) == 0 ? cos : -sin;
    double b = (quarter & 1) == 0 ? sin : cos;
    double signed = quarter < 2 ? radius : -radius;
    cosine = signed * a;
    sine = signed * b;
  }

  /** The natural logarithm of a normal positive number: 2 artanh((m-1)/(m+1)) + e ln 2. */
  private static double ln(double x) {
    long bits = Double.doubleToRawLongBits(x);
    long mantissa = bits & MANTISSA;
    // The mantissa goes to [sqrt(1/2), sqrt(2)), where the series converges fast.
    int up = mantissa >= SQRT_2_MANTISSA ? 1 : 0;
    int exponent = (int) (bits >>> 52) - 1023 + up;
    double m = Double.longBitsToDouble(mantissa | ((1023L - up) << 52));
    double s = (m - 1) / (m + 1);
    double ss = s * s;
    double series =
        1
            + ss
                * (1 / 3.
                    + ss
                        * (1 / 5.
                            + ss * (1 / 7. + ss * (1 / 9. + ss * (1 / 11. + ss * (1 / 13.))))));
    return 2 * s * series + exponent * LN_2;
  }
}
