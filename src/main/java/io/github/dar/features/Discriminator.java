package io.github.dar.features;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.dar.config.DiscriminatorConfig;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Kernel;
import io.github.dar.engine.Purpose;
import io.github.dar.model.ParameterSpec;
import io.github.dar.model.ParameterSpec.Init;
import io.github.dar.model.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The PatchGAN discriminator, which knows the flow time of what it judges (method section 11;
 * discriminator_patchgan.py). It judges the estimate of the image at the time of each, as the
 * reference meant to: there the time is missing and its GAN branch fails.
 *
 * <p>In the tokenizer's loss it is part of the training kernel: the free functions {@code
 * discriminate} and {@code generator_loss} of {@code patchgan.py}.
 */
public final class Discriminator implements AutoCloseable {

  private static final double CONVOLUTION_STD = 0.02;
  private static final double EMBEDDER_STD = 0.01;
  private static final int SINUSOIDS = 256;
  private static final int KERNEL = 4;

  private final Weights weights;
  private final Kernel kernel;

  /**
   * @param weights as {@link #parameters} lists them; they stay the caller's
   */
  public Discriminator(Compute compute, DiscriminatorConfig config, Weights weights) {
    this.weights = weights;
    this.kernel =
        Kernel.load(
            compute.manager(),
            Map.of(
                "dt", compute.dtype(), "layers", config.layers(), "kind", config.loss().number()),
            "linear",
            "blocks",
            "patchgan",
            "discriminator");
  }

  /**
   * Names, shapes and first values of all weights, in the reference's order: convolutions normal
   * with deviation 0.02 (as pix2pix), embedders of the time truncated normal with 0.01, the biases
   * of convolutions PyTorch's own.
   */
  public static List<ParameterSpec> parameters(DiscriminatorConfig config) {
    List<ParameterSpec> specs = new ArrayList<>();
    long width = config.ndf();
    convolution(specs, 0, true, width, 3);
    for (int i = 1; i <= config.layers(); i++) {
      long next = config.ndf() * Math.min(1L << i, 8);
      convolution(specs, 3 * i - 1, false, next, width);
      String embedder = "main." + 3 * i + ".embedder.mlp.0";
      specs.add(
          new ParameterSpec(
              embedder + ".weight", Init.TRUNCATED_NORMAL, EMBEDDER_STD, 2 * next, SINUSOIDS));
      specs.add(new ParameterSpec(embedder + ".bias", Init.ZEROS, 0, 2 * next));
      width = next;
    }
    convolution(specs, 3 * config.layers() + 2, true, 1, width);
    return List.copyOf(specs);
  }

  private static void convolution(
      List<ParameterSpec> specs, int layer, boolean bias, long out, long in) {
    String p = "main." + layer;
    specs.add(
        new ParameterSpec(p + ".weight", Init.NORMAL, CONVOLUTION_STD, out, in, KERNEL, KERNEL));
    if (bias) {
      double bound = 1 / Math.sqrt(in * KERNEL * KERNEL);
      specs.add(new ParameterSpec(p + ".bias", Init.UNIFORM, bound, out));
    }
  }

  /** Fresh weights: tensor i is drawn from (seed, DISCRIMINATOR_INIT, i). */
  public static Weights initial(Compute compute, DiscriminatorConfig config, long seed) {
    return Weights.initial(compute, parameters(config), seed, Purpose.DISCRIMINATOR_INIT);
  }

  /**
   * Verdicts on patches: above 0 is real.
   *
   * @param images {@code [B, 3, H, W]} in [-1, 1]
   * @param times flow times, {@code [B]} in [0, 1]
   * @return {@code [B, 1, h, w]}
   */
  public NDArray logits(NDManager into, NDArray images, NDArray times) {
    return kernel.run(into, "logits", weights.arrays(), images, times).singletonOrThrow();
  }

  /**
   * Adds the gradients of one micro-batch's loss.
   *
   * @param real images {@code [B, 3, H, W]} in [-1, 1]
   * @param fake their estimates, {@code [B, 3, H, W]}
   * @param times flow times of the estimates, {@code [B]}
   * @param weight of the loss: the mean time of the whole batch
   * @param scale factor on the loss: the micro-batch's share of the batch
   * @param gradients added to
   * @return the loss, the mean logit of the real images, that of the estimates
   */
  public NDArray gradients(
      NDManager into,
      NDArray real,
      NDArray fake,
      NDArray times,
      float weight,
      float scale,
      Weights gradients) {
    try (NDManager scratch = into.newSubManager()) {
      return kernel
          .train(
              into,
              "gradients",
              real,
              fake,
              times,
              scratch.create(weight),
              scratch.create(scale),
              weights.arrays(),
              gradients.arrays())
          .singletonOrThrow();
    }
  }

  /** Returns the float32 weights. */
  public Weights weights() {
    return weights;
  }

  @Override
  public void close() {
    kernel.close();
  }
}
