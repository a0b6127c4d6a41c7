package io.github.dar.eval;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.UserException;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Kernel;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import java.util.Arrays;
import java.util.Map;

/**
 * The Inception Score: exp of the mean over images of KL(p(y|x) || p(y)), over each split of the
 * images, then the mean over splits (Salimans et al., "Improved techniques for training GANs",
 * 2016, section 4; the splits as ADM's evaluator takes them).
 *
 * <p>Splits are of equal size, the last one may be shorter and counts the same. ADM's are of
 * consecutive images. That is wrong for images that come class by class, as a split that holds a
 * tenth of the classes can't score high: then they are to be dealt out at random.
 *
 * <p>Takes batches and keeps sums only, in float64. Belongs to one thread.
 */
public final class InceptionScore implements AutoCloseable {

  /** Images in a split of ADM's evaluator: 10 splits of 50,000. */
  public static final int SPLIT = 5000;

  private final NDManager manager;
  private final Kernel kernel;
  private final int classes;

  /** Which split each image is in. */
  private final int[] splits;

  /** Images in each split so far. */
  private final long[] counts;

  /** Sums of p, {@code [splits, C]}. */
  private final NDArray sums;

  /** Sums of p ln p, {@code [splits]}. */
  private final NDArray entropies;

  private int count;

  private InceptionScore(Compute compute, int classes, int[] splits, int splitCount) {
    this.manager = compute.manager().newSubManager();
    this.kernel = Kernel.load(manager, Map.of(), "metrics");
    this.classes = classes;
    this.splits = splits;
    this.counts = new long[splitCount];
    this.sums = manager.zeros(new Shape(splitCount, classes), DataType.FLOAT64);
    this.entropies = manager.zeros(new Shape(splitCount), DataType.FLOAT64);
  }

  /**
   * Splits of consecutive images.
   *
   * @param classes how many the probabilities are over, C
   * @param images how many there will be
   * @param split images in a split
   */
  public static InceptionScore consecutive(Compute compute, int classes, int images, int split) {
    int[] splits = new int[images];
    for (int i = 0; i < images; i++) {
      splits[i] = i / split;
    }
    return new InceptionScore(compute, classes, splits, (images + split - 1) / split);
  }

  /**
   * Splits of images that a seed deals out.
   *
   * @param classes how many the probabilities are over, C
   * @param images how many there will be
   * @param split images in a split
   */
  public static InceptionScore dealt(
      Compute compute, int classes, int images, int split, long seed) {
    int[] splits = RandomStream.of(seed, Purpose.METRIC_SUBSET, -1).permutation(images);
    for (int i = 0; i < images; i++) {
      splits[i] /= split;
    }
    return new InceptionScore(compute, classes, splits, (images + split - 1) / split);
  }

  /**
   * Takes the next images.
   *
   * @param probabilities {@code [B, C]}, rows that sum to 1
   */
  public void add(NDArray probabilities) {
    Features.check("samples", probabilities, classes, 0);
    long[] own = new long[(int) probabilities.getShape().get(0)];
    for (int i = 0; i < own.length; i++) {
      own[i] = splits[count++];
      counts[(int) own[i]]++;
    }
    try (NDManager scope = manager.newSubManager()) {
      kernel.run(scope, "scores", probabilities, scope.create(own), sums, entropies);
    }
  }

  /**
   * Returns the score so far and its spread over the splits that have images.
   *
   * @throws UserException if there are fewer than two images
   */
  public Spread score() {
    if (count < 2) {
      throw new UserException(
          "the Inception Score needs 2 images or more, here " + count + "; give a source of more");
    }
    double[] p = sums.toDoubleArray();
    double[] plnp = entropies.toDoubleArray();
    double[] scores = new double[counts.length];
    int used = 0;
    for (int s = 0; s < counts.length; s++) {
      if (counts[s] == 0) {
        continue;
      }
      // mean over images of sum_c p (ln p - ln m) = mean of sum_c p ln p - sum_c m ln m
      double divergence = plnp[s] / counts[s];
      for (int c = 0; c < classes; c++) {
        double m = p[s * classes + c] / counts[s];
        divergence -= m > 0 ? m * Math.log(m) : 0;
      }
      scores[used++] = Math.exp(divergence);
    }
    return Spread.of(Arrays.copyOf(scores, used));
  }

  @Override
  public void close() {
    manager.close();
  }
}
