package io.github.dar.config;

/**
 * Weights of the tokenizer's losses, each 0 or more but for {@code lpips} (method sections 4, 7 and
 * 11). The last three need other networks: VGG16, DINOv2, and a discriminator that is trained
 * along.
 *
 * @param codebook pulls codes to the vectors they stand for
 * @param commitment pulls vectors to their codes
 * @param entropy spreads the use of codes
 * @param flow the error of the velocity
 * @param lpips perceptual distance of the estimate to the image; below 0 as much, but each image by
 *     twice its flow time
 * @param repa alignment of the decoder's features with another network's
 * @param gan verdict of a discriminator on the estimate
 * @param lpipsDropout dropout of the perceptual distance in [0, 1); the reference trains with 0.5
 */
public record LossWeights(
    @Key(defaultsTo = "1.0") double codebook,
    @Key(defaultsTo = "0.25") double commitment,
    @Key(defaultsTo = "0.0") double entropy,
    @Key(defaultsTo = "1.0") double flow,
    @Key(defaultsTo = "0.0") double lpips,
    @Key(defaultsTo = "0.0") double repa,
    @Key(defaultsTo = "0.0") double gan,
    @Key(defaultsTo = "0.0") double lpipsDropout) {

  /** Checks the ranges. */
  public LossWeights {
    InvalidValue.unlessNotNegative("codebook", codebook);
    InvalidValue.unlessNotNegative("commitment", commitment);
    InvalidValue.unlessNotNegative("entropy", entropy);
    InvalidValue.unlessNotNegative("flow", flow);
    InvalidValue.unless(Double.isFinite(lpips), "lpips", lpips, "it must be a number");
    InvalidValue.unlessNotNegative("repa", repa);
    InvalidValue.unlessNotNegative("gan", gan);
    InvalidValue.unlessFraction("lpips_dropout", lpipsDropout);
  }

  /** These losses without the discriminator's, as before it begins. */
  public LossWeights withoutGan() {
    return new LossWeights(codebook, commitment, entropy, flow, lpips, repa, 0, lpipsDropout);
  }
}
