package io.github.dar.config;

/**
 * Weights of the tokenizer's losses, each 0 or more (method sections 4, 7 and 11).
 *
 * @param codebook pulls codes to the vectors they stand for
 * @param commitment pulls vectors to their codes
 * @param entropy spreads the use of codes
 * @param flow the error of the velocity
 * @param lpips perceptual distance of the estimate to the image
 * @param repa alignment of the decoder's features with another network's
 * @param gan verdict of a discriminator on the estimate
 */
public record LossWeights(
    @Key(defaultsTo = "1.0") double codebook,
    @Key(defaultsTo = "0.25") double commitment,
    @Key(defaultsTo = "0.0") double entropy,
    @Key(defaultsTo = "1.0") double flow,
    @Key(defaultsTo = "0.0") double lpips,
    @Key(defaultsTo = "0.0") double repa,
    @Key(defaultsTo = "0.0") double gan) {

  /** Checks the ranges, and that this version has each loss that is asked for. */
  public LossWeights {
    InvalidValue.unlessNotNegative("codebook", codebook);
    InvalidValue.unlessNotNegative("commitment", commitment);
    InvalidValue.unlessNotNegative("entropy", entropy);
    InvalidValue.unlessNotNegative("flow", flow);
    unlessOff("lpips", lpips);
    unlessOff("repa", repa);
    unlessOff("gan", gan);
  }

  private static void unlessOff(String key, double weight) {
    InvalidValue.unless(
        weight == 0, key, weight, "this version has no such loss yet: set " + key + ": 0");
  }
}
