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
 * <p>Distances are computed in float64, block by block: beside the features, memory doesn't grow
 * with the number of images. ADM's evaluator takes float16 where it can, which moves decisions at
 * the edge of a ball.
 *
 * @param precision in [0, 1]
 * @param recall in [0, 1]
 */
public record PrecisionRecall(double precision, double recall) {

  /** Which neighbour ADM's evaluator takes. */
  public static final int NEIGHBOUR = 3;

  /** Rows of either set that are compared at once. */
  private static final int BLOCK = 2048;

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
      NDArray reached = manager.zeros(radii.getShape(), DataType.BOOLEAN);
      NDArray inside = manager.zeros(sampleRadii.getShape(), DataType.BOOLEAN);
      for (long i = 0; i < inside.size(); i += BLOCK) {
        for (long j = 0; j < reached.size(); j += BLOCK) {
          try (NDManager scope = manager.newSubManager()) {
            kernel.run(
                scope,
                "cover",
                Features.rows(scope, samples, i, BLOCK),
                Features.rows(scope, sampleRadii, i, BLOCK),
                Features.rows(scope, reference, j, BLOCK),
                Features.rows(scope, radii, j, BLOCK),
                Features.rows(scope, inside, i, BLOCK),
                Features.rows(scope, reached, j, BLOCK));
          }
        }
      }
      return new PrecisionRecall(share(inside), share(reached));
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
      for (int i = 0; i < count; i += BLOCK) {
        try (NDManager scope = manager.newSubManager()) {
          NDArray rows = Features.rows(scope, features, i, BLOCK);
          NDArray least = scope.zeros(new Shape(rows.getShape().get(0), 0), DataType.FLOAT64);
          for (int j = 0; j < count; j += BLOCK) {
            NDArray others = Features.rows(scope, features, j, BLOCK);
            least = kernel.run(scope, "nearest", rows, others, least, k).singletonOrThrow();
          }
          double[] all = least.toDoubleArray();
          for (int row = 0; row < all.length / (k + 1); row++) {
            radii[i + row] = all[row * (k + 1) + k];
          }
        }
      }
    }
    return radii;
  }

  private static double share(NDArray flags) {
    int count = 0;
    for (boolean flag : flags.toBooleanArray()) {
      count += flag ? 1 : 0;
    }
    return (double) count / flags.size();
  }
}
