package io.github.dar.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.TokenizerConfig;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import io.github.dar.generate.Denoiser;
import io.github.dar.generate.Noise;
import io.github.dar.model.Tokenizer;

/** A denoising step of one image. */
final class Denoising implements TimedProbe.Task {

  private final NDManager manager;
  private final Tokenizer tokenizer;
  private final NDArray noise;
  private final NDArray condition;
  private Denoiser denoiser;

  /**
   * @param size side of the image in pixels
   */
  Denoising(Tokenizer tokenizer, int size, long seed) {
    TokenizerConfig config = tokenizer.config();
    this.tokenizer = tokenizer;
    this.manager = tokenizer.compute().manager().newSubManager();
    this.noise = Noise.of(manager, seed, Purpose.IMAGE_NOISE, 0, 1, size, size);
    float[] values = new float[config.tokens().queriesPerStep() * config.decoderDim()];
    RandomStream.of(seed, Purpose.NOISE, 0).gaussians(values, 0, values.length);
    this.condition =
        manager.create(values, new Shape(1, config.tokens().queriesPerStep(), config.decoderDim()));
  }

  @Override
  public void prepare() {
    if (denoiser == null || denoiser.taken() == denoiser.steps()) {
      closeDenoiser();
      int steps = tokenizer.config().tokens().numDenoisingSteps();
      denoiser = new Denoiser(tokenizer, noise, steps, Denoiser.Method.ADAMS2);
    }
  }

  @Override
  public void run() {
    denoiser.step(condition);
    try (NDManager scope = manager.newSubManager()) {
      Devices.await(denoiser.preview(scope));
    }
  }

  private void closeDenoiser() {
    if (denoiser != null) {
      denoiser.close();
    }
  }

  @Override
  public void close() {
    closeDenoiser();
    manager.close();
  }
}
