package io.github.dar.eval;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.UserException;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Kernel;
import java.util.List;
import java.util.Map;

/**
 * Mean and covariance of features, image by image, without keeping them.
 *
 * <p>The sums are exact, so the result has the same bits in whatever order, batches, parts or
 * number of threads the images come. Float64 addition alone would not do that. A feature becomes a
 * whole number of 2^-24, the spacing of float32 at 1, and is split into two of 16 bits: x = 2^16 h
 * + l with |h| up to 2^16 and |l| up to 2^15. Then the sums of h h, h l and l l over {@value
 * #MAX_COUNT} images stay below 2^53, where float64 holds every whole number, and so the fast
 * matrix products of float64 add without rounding. The covariance is put together in 128-bit
 * arithmetic and rounded at its end.
 *
 * <p>Belongs to one thread.
 */
public final class Moments implements AutoCloseable {

  /** The greatest magnitude of a feature. */
  public static final int MAX_FEATURE = 256;

  /** The greatest number of images. */
  public static final int MAX_COUNT = 1 << 21;

  /** Rows that are multiplied at once: few products then wait for memory. */
  private static final int BLOCK = 1024;

  private final NDManager manager;
  private final Kernel kernel;
  private final int width;
  private final NDArray buffer;

  /** Sums of x, and of h h, h l and l l. */
  private final List<NDArray> sums;

  private long count;
  private int buffered;

  /**
   * @param width numbers of an image, D
   */
  public Moments(Compute compute, int width) {
    this.manager = compute.manager().newSubManager();
    this.kernel = Kernel.load(manager, Map.of(), "metrics");
    this.width = width;
    this.buffer = manager.zeros(new Shape(BLOCK, width));
    Shape square = new Shape(width, width);
    this.sums =
        List.of(
            manager.zeros(new Shape(width), DataType.FLOAT64),
            manager.zeros(square, DataType.FLOAT64),
            manager.zeros(square, DataType.FLOAT64),
            manager.zeros(square, DataType.FLOAT64));
  }

  /**
   * Takes a batch.
   *
   * @param features {@code [B, D]}, float32
   * @throws UserException if one is no number, or beyond {@value #MAX_FEATURE}
   */
  public void add(NDArray features) {
    Shape shape = features.getShape();
    if (shape.dimension() != 2 || shape.get(1) != width) {
      throw new UserException(
          "features of shape "
              + shape
              + " can't join those of "
              + width
              + " numbers an image; use one feature network for all");
    }
    int rows = Math.toIntExact(shape.get(0));
    requireCount(count + rows);
    for (int from = 0; from < rows; ) {
      int taken = Math.min(rows - from, BLOCK - buffered);
      try (NDManager scope = manager.newSubManager()) {
        NDArray piece = features.get(from + ":" + (from + taken));
        piece.attach(scope);
        check(kernel.run(scope, "put", buffer, piece, buffered).singletonOrThrow().toFloatArray());
      }
      buffered += taken;
      count += taken;
      from += taken;
      if (buffered == BLOCK) {
        flush();
      }
    }
  }

  private void check(float[] greatest) {
    for (int i = 0; i < greatest.length; i++) {
      // Not >, as a NaN is to be caught too.
      if (!(greatest[i] <= MAX_FEATURE)) {
        throw new UserException(
            Float.isFinite(greatest[i])
                ? "image %d has a feature of %s, and sums are exact up to %d only; scale the features of this network down"
                    .formatted(count + i, greatest[i], MAX_FEATURE)
                : "image %d has features that are no numbers; use --precision fp32, and look at that image and the feature network's weights"
                    .formatted(count + i));
      }
    }
  }

  /** Adds all that another one has taken. */
  public void merge(Moments other) {
    other.flush();
    merge(other.count, other.sums);
  }

  /**
   * Adds sums that were saved.
   *
   * @param otherCount images they are of
   * @param otherSums as {@link #sums} gives them
   */
  void merge(long otherCount, List<NDArray> otherSums) {
    for (int i = 0; i < sums.size(); i++) {
      if (otherSums.size() != sums.size()
          || !sums.get(i).getShape().equals(otherSums.get(i).getShape())) {
        throw new UserException(
            "statistics of "
                + otherSums.get(0).size()
                + " features an image can't join those of "
                + width
                + "; use one feature network for all parts");
      }
    }
    requireCount(count + otherCount);
    try (NDManager scope = manager.newSubManager()) {
      kernel.run(scope, "merge", sums, otherSums);
    }
    count += otherCount;
  }

  private static void requireCount(long total) {
    if (total > MAX_COUNT) {
      throw new UserException(
          "sums are exact up to " + MAX_COUNT + " images, not " + total + "; take a part of them");
    }
  }

  /** How many images were taken. */
  public long count() {
    return count;
  }

  /** How many numbers the features of an image are. */
  public int width() {
    return width;
  }

  /** A manager for arrays that are to be merged. */
  NDManager scope() {
    return manager.newSubManager();
  }

  /** The exact sums of x, {@code [D]}, and of h h, h l and l l, {@code [D, D]}. */
  List<NDArray> sums() {
    flush();
    return sums;
  }

  private void flush() {
    if (buffered > 0) {
      try (NDManager scope = manager.newSubManager()) {
        NDArray block = buffer.get(":" + buffered);
        block.attach(scope);
        NDArray x = sums.get(0);
        kernel.run(scope, "accumulate", block, x, sums.get(1), sums.get(2), sums.get(3));
      }
      buffered = 0;
    }
  }

  /**
   * Mean and covariance of the images so far.
   *
   * @throws UserException if there are fewer than two
   */
  public Gaussian gaussian() {
    if (count < 2) {
      throw new UserException(
          "statistics need 2 images or more, here "
              + (count == 0 ? "are none" : "is one")
              + "; give a source of more");
    }
    flush();
    double[] x = sums.get(0).toDoubleArray();
    double[] mean = new double[width];
    for (int i = 0; i < width; i++) {
      mean[i] = x[i] / count * 0x1p-24;
    }
    return new Gaussian(mean, covariance(x));
  }

  private double[] covariance(double[] x) {
    double[] high = sums.get(1).toDoubleArray();
    double[] cross = sums.get(2).toDoubleArray();
    double[] low = sums.get(3).toDoubleArray();
    double[] covariance = new double[high.length];
    // Squares of 2^-24; n (n - 1) is below 2^42.
    double unit = 0x1p-48 / ((double) count * (count - 1));
    Int128 sum = new Int128();
    for (int i = 0; i < width; i++) {
      for (int j = 0; j <= i; j++) {
        int at = i * width + j;
        int mirrored = j * width + i;
        // n sum(x y) - sum(x) sum(y)
        sum.clear();
        sum.addProduct(count, (long) high[at], 32);
        sum.addProduct(count, (long) cross[at] + (long) cross[mirrored], 16);
        sum.addProduct(count, (long) low[at], 0);
        sum.addProduct(-(long) x[i], (long) x[j], 0);
        covariance[at] = sum.toDouble() * unit;
        covariance[mirrored] = covariance[at];
      }
    }
    return covariance;
  }

  @Override
  public void close() {
    manager.close();
  }
}
