package io.github.dar.features;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Kernel;
import java.util.Map;

/**
 * LPIPS, the learned perceptual distance (arXiv 1801.03924; lpips.py), over VGG16, in evaluation
 * mode. As a loss it is part of a training kernel: the free function {@code lpips} of {@code
 * lpips.py}, with {@link #weights()}.
 */
public final class Lpips implements AutoCloseable {

  private final FrozenWeights weights;
  private final Kernel kernel;

  /**
   * @param weights VGG16's and the head's; closed with this
   */
  Lpips(Compute compute, FrozenWeights weights) {
    this.weights = weights;
    this.kernel =
        Kernel.load(
            compute.manager(),
            Map.of("dt", compute.dtype()),
            "dropout",
            "vgg",
            "lpips",
            "lpips_distance");
  }

  /**
   * Distances of pairs: 0 for equal images, up to about 1.
   *
   * @param x {@code [B, 3, H, W]} in [-1, 1], sides of at least 16
   * @param y the same
   * @return {@code [B]}
   */
  public NDArray distance(NDManager into, NDArray x, NDArray y) {
    return kernel.run(into, "distance", weights.arrays(), x, y).singletonOrThrow();
  }

  /** Returns its weights, for kernels that have it as a loss. */
  public Map<String, NDArray> weights() {
    return weights.arrays();
  }

  @Override
  public void close() {
    kernel.close();
    weights.close();
  }
}
