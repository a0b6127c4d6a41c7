package io.github.dar.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.dar.config.DiscriminatorConfig;
import io.github.dar.config.OptimizerConfig;
import io.github.dar.config.TrainingConfig;
import io.github.dar.config.UserException;
import io.github.dar.engine.Compute;
import io.github.dar.features.Discriminator;
import io.github.dar.model.Weights;
import java.util.Map;

/**
 * The discriminator in training: it learns to tell images from the tokenizer's estimates of them
 * (method section 11), with an optimizer of its own whose rate is never changed, as the
 * reference's.
 */
final class Adversary implements AutoCloseable {

  private final DiscriminatorConfig config;
  private final double rate;
  private final Weights weights;
  private final Discriminator network;
  private final AdamW optimizer;

  Adversary(Compute compute, DiscriminatorConfig config, TrainingConfig training) {
    this.config = config;
    this.rate = config.lr().orElse(training.schedule().lr());
    this.weights = Discriminator.initial(compute, config, training.seed());
    this.network = new Discriminator(compute, config, weights);
    OptimizerConfig shared = training.optimizer();
    OptimizerConfig own =
        new OptimizerConfig(
            shared.betas(), shared.eps(), shared.weightDecay(), shared.clip(), 0, 0);
    this.optimizer = new AdamW(compute, own, weights, name -> true);
  }

  /** Whether it takes part in a step, from 0. */
  boolean plays(long step) {
    return step >= config.startStep();
  }

  /** Returns its weights, for the loss of those it judges. */
  Map<String, NDArray> weights() {
    return weights.arrays();
  }

  /** What of it a checkpoint holds. */
  Checkpoint.Part part() {
    return new Checkpoint.Part("discriminator", weights, optimizer);
  }

  /**
   * Adds the gradients of one micro-batch.
   *
   * @param images {@code [B, 3, H, W]} in [-1, 1]
   * @param estimates of them, the same shape
   * @param times flow times of the estimates, {@code [B]}
   * @param weight mean flow time of the whole batch: its loss counts by it
   * @param share of the micro-batch in the batch
   * @return its loss, its mean logit of images and that of estimates
   */
  NDArray gradients(
      NDManager scope,
      NDArray images,
      NDArray estimates,
      NDArray times,
      double weight,
      double share) {
    return network.gradients(
        scope, images, estimates, times, (float) weight, (float) share, optimizer.gradients());
  }

  /** Takes the step, from 0, whose gradients were added. */
  void step(long step) {
    double norm = optimizer.gradientNorm();
    if (!Double.isFinite(norm)) {
      throw new UserException(
          "step %d: the gradients of the discriminator are not finite. The run stops; its last checkpoint is good. Lower discriminator.lr, or use --precision fp32"
              .formatted(step + 1));
    }
    optimizer.step(step - config.startStep() + 1, rate, norm);
  }

  @Override
  public void close() {
    optimizer.close();
    network.close();
    weights.close();
  }
}
