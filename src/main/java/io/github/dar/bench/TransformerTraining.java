package io.github.dar.bench;

import ai.djl.ndarray.NDManager;
import io.github.dar.config.OptimizerConfig;
import io.github.dar.config.TransformerConfig;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import io.github.dar.model.Transformer;
import io.github.dar.model.Weights;
import io.github.dar.train.AdamW;
import java.util.List;

/** A training step of the transformer on random tokens: gradients, their norm, AdamW. */
final class TransformerTraining implements TimedProbe.Task {

  /** Usual values; none of them changes the time, but an average or Muon would. */
  static final OptimizerConfig OPTIMIZER =
      new OptimizerConfig(List.of(0.9, 0.95), 1e-8, 0.05, 1, 0, 0);

  static final double RATE = 1e-4;

  private final Compute compute;
  private final Weights weights;
  private final Transformer network;
  private final AdamW optimizer;
  private final long[] classes;
  private final long[] seeds;
  private final long[][] tokens;
  private int step;

  TransformerTraining(Compute compute, TransformerConfig config, int images, long seed) {
    this.compute = compute;
    this.weights = RandomWeights.draw(compute, Transformer.parameters(config), seed);
    this.network = new Transformer(compute, config, weights);
    this.optimizer = new AdamW(compute, OPTIMIZER, weights, name -> true);
    this.classes = new long[images];
    this.seeds = new long[images];
    this.tokens = RandomTokens.of(config.sequence(), images, config.sequence().blockSize(), seed);
    for (int i = 0; i < images; i++) {
      classes[i] = i % config.sequence().numClasses();
      seeds[i] = RandomStream.of(seed, Purpose.DROPOUT, i).nextLong();
    }
  }

  @Override
  public void run() {
    step++;
    try (NDManager scope = compute.manager().newSubManager()) {
      network.gradients(scope, classes, tokens, seeds, 1, optimizer.gradients());
      optimizer.step(step, RATE, optimizer.gradientNorm());
      Devices.await(weights.list().get(0));
    }
  }

  @Override
  public void close() {
    optimizer.close();
    network.close();
    weights.close();
  }
}
