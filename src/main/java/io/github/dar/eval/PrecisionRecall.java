package io.github.dar.eval;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.UserException;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Kernel;
import java.util.Map;

/**
 * Precision, the share of samples that lie among the reference images, and recall, the share of
 * reference images that lie among the samples: within the distance of some image's k-th nearest
 * neighbour (Kynkäänniemi et al., "Improved precision and recall metric for assessing generative
 * models", 2019, section 2).
 *
 * <p>Distances are computed in float64, block by block: memory grows with n, not with its square.
 * ADM's evaluator takes float16 where it can, which moves decisions at the edge of a ball.
 *
 * @param precision in [0, 1]
 * @param recall in [0, 1]
 */
public record PrecisionRecall(double precision, double recall) {

  /** Which neighbour ADM's evaluator takes. */
  public static final int NEIGHBOUR = 3;

  private static final int BLOCK = 512;

  /**
   * Compares two sets.
   *
   * @param reference features {@code [n, D]}, float32
   * @param samples features {@code [m, D]}, float32
   * @param k which neighbour's distance is a ball's radius
   * @throws UserException if a set has not more than k images, or holds NaN, or widths differ
   */
  public static PrecisionRecall of(Compute compute, NDArray reference, NDArray samples, int k) {
    Features.check("reference", reference, reference.getShape().get(1), k + 1);
    Features.check("samples", samples, reference.getShape().get(1), k + 1);
    try (NDManager manager = compute.manager().newSubManager();
        Kernel kernel = Kernel.load(manager, Map.of(), "metrics")) {
      NDArray radii = manager.create(radii(compute, reference, k));
      NDArray sampleRadii = manager.create(radii(compute, samples, k));
      long references = reference.getShape().get(0);
      NDArray reached = manager.zeros(new Shape(references), DataType.BOOLEAN);
      long inside = 0;
      long count = samples.getShape().get(0);
      for (long from = 0; from < count; from += BLOCK) {
        try (NDManager scope = manager.newSubManager()) {
          NDArray rows = Features.rows(scope, samples, from, BLOCK);
          NDArray own = Features.rows(scope, sampleRadii, from, BLOCK);
          NDArray covered =
              kernel.run(scope, "covered", rows, own, reference, radii, reached).singletonOrThrow();
          inside += trues(covered);
        }
      }
      return new PrecisionRecall((double) inside / count, (double) trues(reached) / references);
    }
  }

  /**
   * Squared distance of each image to its k-th nearest other one.
   *
   * @param features {@code [n, D]}, float32
   * @return {@code [n]}
   */
  static double[] radii(Compute compute, NDArray features, int k) {
    int count = Math.toIntExact(features.getShape().get(0));
    double[] radii = new double[count];
    try (NDManager manager = compute.manager().newSubManager();
        Kernel kernel = Kernel.load(manager, Map.of(), "metrics")) {
      for (int from = 0; from < count; from += BLOCK) {
        try (NDManager scope = manager.newSubManager()) {
          NDArray rows = Features.rows(scope, features, from, BLOCK);
          double[] some =
              kernel.run(scope, "radii", rows, features, k).singletonOrThrow().toDoubleArray();
          System.arraycopy(some, 0, radii, from, some.length);
        }
      }
    }
    return radii;
  }

  private static long trues(NDArray flags) {
    long count = 0;
    for (boolean flag : flags.toBooleanArray()) {
      count += flag ? 1 : 0;
    }
    return count;
  }
}
