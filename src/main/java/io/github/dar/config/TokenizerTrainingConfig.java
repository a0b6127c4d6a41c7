package io.github.dar.config;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The training of a tokenizer: section {@code tokenizer_training} of a preset.
 *
 * @param training everything but the losses
 * @param losses the weights of the losses
 * @param discriminator the adversary; always there where {@code losses.gan} is above 0
 */
public record TokenizerTrainingConfig(
    @Key(inline = true) TrainingConfig training,
    @Key(defaultsTo = "{}") LossWeights losses,
    Optional<DiscriminatorConfig> discriminator) {

  /** Resolves the discriminator. */
  public TokenizerTrainingConfig {
    if (losses.gan() > 0 && discriminator.isEmpty()) {
      discriminator =
          Optional.of(
              new DiscriminatorConfig(
                  128, 3, AdversarialLoss.NON_SATURATING, 20_000, OptionalDouble.empty()));
    }
  }
}
