package io.github.dar.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.dar.config.LossWeights;
import io.github.dar.config.TokenizerConfig;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Purpose;
import io.github.dar.generate.Noise;
import io.github.dar.model.Tokenizer;
import io.github.dar.model.TokenizerPart;
import io.github.dar.model.Weights;
import io.github.dar.train.AdamW;

/** A training step of the tokenizer on noise, without the networks that judge. */
final class TokenizerTraining implements TimedProbe.Task {

  /** The usual losses that need no other network. */
  private static final LossWeights LOSSES = new LossWeights(1, 0.25, 0, 1, 0, 0, 0, 0);

  private final Compute compute;
  private final NDManager manager;
  private final Weights weights;
  private final Tokenizer network;
  private final AdamW optimizer;
  private final NDArray pixels;
  private final NDArray noise;
  private final float[] times;
  private int step;

  /**
   * @param size side of the images in pixels
   */
  TokenizerTraining(Compute compute, TokenizerConfig config, int images, int size, long seed) {
    this.compute = compute;
    this.manager = compute.manager().newSubManager();
    this.weights = RandomWeights.draw(compute, Tokenizer.parameters(config), seed);
    this.network = new Tokenizer(compute, config, weights);
    this.optimizer = new AdamW(compute, TransformerTraining.OPTIMIZER, weights, name -> true);
    this.pixels = Noise.of(manager, seed, Purpose.IMAGE_NOISE, 0, images, size, size);
    this.noise = Noise.of(manager, seed, Purpose.NOISE, 0, images, size, size);
    this.times = new float[images];
    for (int i = 0; i < images; i++) {
      times[i] = (float) i / images;
    }
  }

  @Override
  public void run() {
    step++;
    TokenizerPart whole = TokenizerPart.whole(network.config().tokens(), times);
    try (NDManager scope = compute.manager().newSubManager()) {
      network.gradients(scope, pixels, noise, times, whole, LOSSES, optimizer.gradients());
      optimizer.step(step, TransformerTraining.RATE, optimizer.gradientNorm());
      Devices.await(weights.list().get(0));
    }
  }

  @Override
  public void close() {
    optimizer.close();
    network.close();
    weights.close();
    manager.close();
  }
}
