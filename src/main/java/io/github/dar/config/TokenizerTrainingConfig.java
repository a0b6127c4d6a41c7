package io.github.dar.config;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The training of a tokenizer: section {@code tokenizer_training} of a preset.
 *
 * @param training everything but the losses
 * @param timesPerImage how often an image that was encoded once is noised and denoised, 1 or more;
 *     the reference's 1 needs the most passes of the encoder. More can't be judged by other
 *     networks
 * @param initialWeights what a new training begins with
 * @param losses the weights of the losses
 * @param discriminator the adversary; always there where {@code losses.gan} is above 0
 */
public record TokenizerTrainingConfig(
    @Key(inline = true) TrainingConfig training,
    @Key(defaultsTo = "1") int timesPerImage,
    @Key(defaultsTo = "reference") InitialWeights initialWeights,
    @Key(defaultsTo = "{}") LossWeights losses,
    Optional<DiscriminatorConfig> discriminator) {

  /** Checks the times and resolves the discriminator. */
  public TokenizerTrainingConfig {
    InvalidValue.unlessAtLeast(1, "times_per_image", timesPerImage);
    boolean judged = losses.lpips() != 0 || losses.repa() > 0 || losses.gan() > 0;
    InvalidValue.unless(
        timesPerImage == 1 || !judged,
        "times_per_image",
        timesPerImage,
        "it must be 1 with losses.lpips, repa or gan");
    if (losses.gan() > 0 && discriminator.isEmpty()) {
      discriminator =
          Optional.of(
              new DiscriminatorConfig(
                  128, 3, AdversarialLoss.NON_SATURATING, 20_000, OptionalDouble.empty()));
    }
  }
}
