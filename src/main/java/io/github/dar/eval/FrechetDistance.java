package io.github.dar.eval;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.UserException;
import io.github.dar.engine.Kernel;
import java.util.Map;

/**
 * The Fréchet distance of two Gaussians, |m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2)) (Heusel et
 * al., "GANs trained by a two time-scale update rule", 2017, eq. 6). With Inception's features it
 * is the FID.
 *
 * <p>The usual programs take the square root of the matrix S1 S2, which isn't symmetric, and add to
 * its diagonal where that fails. Here S1 = A A^T and S2 = B B^T, from eigenvalues, and the trace is
 * the sum of the singular values of A^T B: nothing is squared or rooted after its digits are lost,
 * and sets of fewer images than features need no exception, their factors are just thinner.
 */
public final class FrechetDistance {

  private FrechetDistance() {}

  /**
   * @throws UserException if the two are of different features
   */
  public static double between(Gaussian first, Gaussian second) {
    int width = first.width();
    if (width != second.width()) {
      throw new UserException(
          "statistics of "
              + width
              + " and of "
              + second.width()
              + " features an image can't be compared; use one feature network for both sides");
    }
    double means = 0;
    for (int i = 0; i < width; i++) {
      double difference = first.mean()[i] - second.mean()[i];
      means += difference * difference;
    }
    return means + first.trace() + second.trace() - 2 * traceOfRoot(first, second);
  }

  /** Always on the CPU: it is done once, in float64, and needs LAPACK. */
  private static double traceOfRoot(Gaussian first, Gaussian second) {
    Shape square = new Shape(first.width(), first.width());
    try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
        Kernel kernel = Kernel.load(manager, Map.of(), "metrics")) {
      NDArray a = manager.create(first.covariance(), square);
      NDArray b = manager.create(second.covariance(), square);
      return kernel.run(manager, "trace_of_root", a, b).singletonOrThrow().getDouble();
    }
  }
}
