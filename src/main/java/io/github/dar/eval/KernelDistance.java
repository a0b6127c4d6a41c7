package io.github.dar.eval;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.dar.config.UserException;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Kernel;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import java.util.Arrays;
import java.util.Map;

/**
 * The Kernel Inception Distance: the unbiased estimate of the squared maximum mean discrepancy with
 * the kernel (x.y/D + 1)^3 (Binkowski et al., "Demystifying MMD GANs", 2018, section 4). Unlike the
 * FID it has no bias that depends on the number of images. All in float64.
 */
public final class KernelDistance {

  /** The usual number of subsets. */
  public static final int SUBSETS = 100;

  /** The usual number of images in a subset. */
  public static final int SUBSET_SIZE = 1000;

  private static final int BLOCK = 1000;

  private KernelDistance() {}

  /**
   * Mean and spread over subsets, the way KID is usually given.
   *
   * @param reference features {@code [n, D]}, float32
   * @param samples features {@code [m, D]}, float32
   * @param size images that a subset takes of either set, no more than the smaller set has
   * @param seed decides which ones: subset i is the same however many there are
   * @throws UserException if a set has fewer than two images, or holds NaN, or widths differ
   */
  public static Spread ofSubsets(
      Compute compute, NDArray reference, NDArray samples, int subsets, int size, long seed) {
    check(reference, samples);
    int n = Math.toIntExact(reference.getShape().get(0));
    int m = Math.toIntExact(samples.getShape().get(0));
    int taken = Math.min(size, Math.min(n, m));
    double[] values = new double[subsets];
    try (NDManager manager = compute.manager().newSubManager();
        Kernel kernel = Kernel.load(manager, Map.of(), "metrics")) {
      for (int i = 0; i < subsets; i++) {
        RandomStream random = RandomStream.of(seed, Purpose.METRIC_SUBSET, i);
        try (NDManager scope = manager.newSubManager()) {
          NDArray x = drawn(kernel, scope, reference, random.permutation(n), taken);
          NDArray y = drawn(kernel, scope, samples, random.permutation(m), taken);
          values[i] = distance(kernel, scope, x, y);
        }
      }
    }
    return Spread.of(values);
  }

  /**
   * The estimate over all pairs of images, which draws nothing.
   *
   * @param reference features {@code [n, D]}, float32
   * @param samples features {@code [m, D]}, float32
   * @throws UserException if a set has fewer than two images, or holds NaN, or widths differ
   */
  public static double ofAll(Compute compute, NDArray reference, NDArray samples) {
    check(reference, samples);
    try (NDManager manager = compute.manager().newSubManager();
        Kernel kernel = Kernel.load(manager, Map.of(), "metrics")) {
      return distance(kernel, manager, reference, samples);
    }
  }

  private static void check(NDArray reference, NDArray samples) {
    Features.check("reference", reference, reference.getShape().get(1), 2);
    Features.check("samples", samples, reference.getShape().get(1), 2);
  }

  private static NDArray drawn(
      Kernel kernel, NDManager scope, NDArray features, int[] order, int count) {
    long[] numbers = Arrays.stream(order, 0, count).asLongStream().toArray();
    return kernel.run(scope, "rows", features, scope.create(numbers)).singletonOrThrow();
  }

  /** The unbiased estimate: pairs of an image with itself are left out. */
  private static double distance(Kernel kernel, NDManager manager, NDArray x, NDArray y) {
    double n = x.getShape().get(0);
    double m = y.getShape().get(0);
    double xx = sum(kernel, manager, x, x) - diagonal(kernel, manager, x);
    double yy = sum(kernel, manager, y, y) - diagonal(kernel, manager, y);
    double xy = sum(kernel, manager, x, y);
    return xx / (n * (n - 1)) + yy / (m * (m - 1)) - 2 * xy / (n * m);
  }

  private static double sum(Kernel kernel, NDManager manager, NDArray x, NDArray y) {
    double sum = 0;
    for (long i = 0; i < x.getShape().get(0); i += BLOCK) {
      for (long j = 0; j < y.getShape().get(0); j += BLOCK) {
        try (NDManager scope = manager.newSubManager()) {
          NDArray rows = Features.rows(scope, x, i, BLOCK);
          NDArray others = Features.rows(scope, y, j, BLOCK);
          sum += kernel.run(scope, "kernel_sum", rows, others).singletonOrThrow().getDouble();
        }
      }
    }
    return sum;
  }

  private static double diagonal(Kernel kernel, NDManager manager, NDArray x) {
    double sum = 0;
    for (long i = 0; i < x.getShape().get(0); i += BLOCK) {
      try (NDManager scope = manager.newSubManager()) {
        NDArray rows = Features.rows(scope, x, i, BLOCK);
        sum += kernel.run(scope, "kernel_diagonal", rows).singletonOrThrow().getDouble();
      }
    }
    return sum;
  }
}
