package io.github.dar.config;

import java.util.OptionalDouble;

/**
 * The PatchGAN of the tokenizer's training (method section 11): section {@code discriminator} of
 * {@code tokenizer_training}, used where {@code losses.gan} is above 0.
 *
 * @param loss what the two players play for
 * @param startStep finished steps at which they begin, 0 or more
 * @param channels of the first layer, a multiple of 8 as its norms have 16 groups of twice as many
 * @param layers that halve the picture, 1 or more
 * @param lr learning rate, the same all the time, above 0; left out, that of the tokenizer
 */
public record DiscriminatorConfig(
    @Key(defaultsTo = "non_saturating") AdversarialLoss loss,
    @Key(defaultsTo = "20000") int startStep,
    @Key(defaultsTo = "128") int channels,
    @Key(defaultsTo = "3") int layers,
    OptionalDouble lr) {

  /** Checks the ranges. */
  public DiscriminatorConfig {
    InvalidValue.unlessAtLeast(0, "start_step", startStep);
    InvalidValue.unless(
        channels >= 8 && channels % 8 == 0,
        "channels",
        channels,
        "it must be a multiple of 8 (the reference has 128)");
    InvalidValue.unlessAtLeast(1, "layers", layers);
    lr.ifPresent(rate -> InvalidValue.unlessPositive("lr", rate));
  }
}
