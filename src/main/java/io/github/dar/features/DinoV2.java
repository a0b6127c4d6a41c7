package io.github.dar.features;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Kernel;
import java.util.Map;

/** DINOv2 ViT-B/14 (arXiv 2304.07193): the features that the REPA loss aligns the decoder with. */
public final class DinoV2 implements AutoCloseable {

  /** Patches on a side of the grid, whatever the size of the image. */
  public static final int GRID = 16;

  /** Width of the features. */
  public static final int WIDTH = 768;

  private final Compute compute;
  private final FrozenWeights weights;
  private final Kernel kernel;

  /**
   * @param weights closed with this
   */
  DinoV2(Compute compute, FrozenWeights weights) {
    this.compute = compute;
    this.weights = weights;
    this.kernel =
        Kernel.load(
            compute.manager(),
            Map.of("dt", compute.dtype()),
            "linear",
            "blocks",
            "dino",
            "dino_features");
  }

  /**
   * Patch features of images, which are resized to 224x224. They may take part in a training call,
   * as constants.
   *
   * @param images {@code [B, 3, H, W]} in [-1, 1]
   * @return {@code [B, 256, 768]} float32, row by row
   */
  public NDArray features(NDManager into, NDArray images) {
    try (NDManager scratch = into.newSubManager()) {
      NDArray features =
          kernel.run(scratch, "features", weights.arrays(), images).singletonOrThrow();
      return compute.tensors().constant(into, features);
    }
  }

  @Override
  public void close() {
    kernel.close();
    weights.close();
  }
}
