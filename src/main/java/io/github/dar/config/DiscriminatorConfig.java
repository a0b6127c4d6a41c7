package io.github.dar.config;

import java.util.OptionalDouble;

/**
 * The discriminator that is trained beside a tokenizer (method section 11): section {@code
 * discriminator} of {@code tokenizer_training}, used where {@code losses.gan} is above 0.
 *
 * @param ndf channels after its first convolution
 * @param layers convolutions of stride 2
 * @param loss how it and the tokenizer are scored
 * @param startStep finished steps at which it begins to learn and to count, 0 or more
 * @param lr its learning rate, the same all the time, above 0; left out, that of the tokenizer
 */
public record DiscriminatorConfig(
    @Key(defaultsTo = "128") int ndf,
    @Key(defaultsTo = "3") int layers,
    @Key(defaultsTo = "non_saturating") AdversarialLoss loss,
    @Key(defaultsTo = "20000") int startStep,
    OptionalDouble lr) {

  /** Checks the ranges. */
  public DiscriminatorConfig {
    InvalidValue.unless(
        ndf > 0 && ndf % 8 == 0, "ndf", ndf, "its norms have 16 groups: give a multiple of 8");
    InvalidValue.unlessAtLeast(1, "layers", layers);
    InvalidValue.unlessAtLeast(0, "start_step", startStep);
    lr.ifPresent(rate -> InvalidValue.unlessPositive("lr", rate));
  }

  /**
   * Returns how many patches it judges on a side of images of this size.
   *
   * @throws UserException if the images are too small for its layers
   */
  public int patches(int imageSize) {
    // Each 4x4 convolution with padding 1 halves a side at stride 2 and takes 1 off it at stride 1.
    int patches = (imageSize >> layers) - 2;
    InvalidValue.unless(
        patches >= 1,
        "discriminator.layers",
        layers,
        "images of %d pixels are too small for it; give fewer".formatted(imageSize));
    return patches;
  }

  /**
   * Returns the weight of the adversarial loss at a step: 0 before the first at which it counts.
   */
  public double weightAt(long step, double weight) {
    return step < startStep ? 0 : weight;
  }
}
