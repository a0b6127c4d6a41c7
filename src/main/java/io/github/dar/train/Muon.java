package io.github.dar.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Kernel;
import java.util.List;
import java.util.Map;

/**
 * Muon's update of matrices: the momentum of the gradient with its singular values all made about
 * 1, by five Newton-Schulz iterations (Jordan et al. 2024, "Muon: An optimizer for hidden layers in
 * neural networks"), scaled to the size that AdamW's steps have (Liu et al. 2025, "Muon is scalable
 * for LLM training"). So directions with small gradients are learned as fast as the others. It
 * keeps one moment.
 */
final class Muon implements AutoCloseable {

  private static final double MOMENTUM = 0.95;

  /** What is thinner than this has no directions to balance, and is left to AdamW. */
  private static final int LEAST_SIDE = 17;

  private final int dtype;
  private final AtOnce atOnce;
  private final Kernel kernel;

  Muon(Compute compute) {
    this.dtype = compute.dtype();
    boolean gpu = compute.manager().getDevice().isGpu();
    this.atOnce = new AtOnce(compute, gpu ? 1 : compute.threads());
    this.kernel = Kernel.load(compute.manager(), Map.of(), "muon");
  }

  /**
   * Tells whether a tensor is a matrix inside the network: neither a table of embeddings, of which
   * a step sees some rows only, nor what turns the last layer into logits.
   */
  static boolean takes(String name, Shape shape) {
    return shape.dimension() == 2
        && Math.min(shape.get(0), shape.get(1)) >= LEAST_SIDE
        && !name.contains("embedding")
        && !name.startsWith("output");
  }

  /**
   * Updates matrices and their momenta in place.
   *
   * @param divisor of the gradients, for clipping
   * @param decay decoupled weight decay
   */
  void step(
      NDManager scope,
      List<NDArray> matrices,
      List<NDArray> gradients,
      List<NDArray> momenta,
      double divisor,
      double rate,
      double decay) {
    atOnce.compute(
        matrices.size(),
        i ->
            kernel.run(
                scope,
                "step",
                matrices.get(i),
                gradients.get(i),
                momenta.get(i),
                divisor,
                rate,
                MOMENTUM,
                decay,
                dtype));
  }

  @Override
  public void close() {
    atOnce.close();
    kernel.close();
  }
}
