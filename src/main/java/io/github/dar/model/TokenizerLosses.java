package io.github.dar.model;

import io.github.dar.config.AdversarialLoss;
import io.github.dar.config.DiscriminatorConfig;
import io.github.dar.config.TokenizerTrainingConfig;

/**
 * How the losses of a tokenizer are computed, as far as its kernel must know it from the start.
 *
 * @param checkpointing whether only the inputs of the blocks are kept and these computed again on
 *     the way back: the same numbers with less memory, for a third more time
 * @param lpipsDropout dropout of the perceptual distance in [0, 1)
 * @param discriminatorLayers strided convolutions of the discriminator
 * @param adversarial what the discriminator and the tokenizer play for
 */
public record TokenizerLosses(
    boolean checkpointing,
    double lpipsDropout,
    int discriminatorLayers,
    AdversarialLoss adversarial) {

  /** Of a tokenizer that is not trained, or without other networks. */
  static final TokenizerLosses PLAIN =
      new TokenizerLosses(false, 0, 0, AdversarialLoss.NON_SATURATING);

  /** What a training's configuration says. */
  public static TokenizerLosses of(TokenizerTrainingConfig training) {
    return new TokenizerLosses(
        training.training().activationCheckpointing(),
        training.losses().lpipsDropout(),
        training.discriminator().map(DiscriminatorConfig::layers).orElse(0),
        training
            .discriminator()
            .map(DiscriminatorConfig::loss)
            .orElse(AdversarialLoss.NON_SATURATING));
  }
}
