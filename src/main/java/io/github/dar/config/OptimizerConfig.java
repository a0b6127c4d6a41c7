package io.github.dar.config;

import java.util.List;

/**
 * AdamW and what surrounds it. Its keys stand among those of {@link TrainingConfig}.
 *
 * @param betas decay of the first and second moment, each in [0, 1)
 * @param eps added to the root of the second moment, above 0
 * @param weightDecay decoupled decay of tensors with two or more dimensions, 0 or more
 * @param clip largest norm of all gradients together, 0 for no limit
 * @param ema decay of the averaged weights in [0, 1), 0 for none
 * @param muon rate of the matrices in multiples of the learning rate, which then take Muon's steps
 *     instead of AdamW's; 0 for AdamW everywhere
 */
public record OptimizerConfig(
    @Key(defaultsTo = "[0.9, 0.95]") List<Double> betas,
    @Key(defaultsTo = "1e-8") double eps,
    @Key(defaultsTo = "0.0") double weightDecay,
    @Key(defaultsTo = "1.0") double clip,
    @Key(defaultsTo = "0.0") double ema,
    @Key(defaultsTo = "0.0") double muon) {

  /** Checks the ranges. */
  public OptimizerConfig {
    betas = List.copyOf(betas);
    InvalidValue.unless(
        betas.size() == 2, "betas", betas, "it must be two numbers, such as [0.9, 0.95]");
    for (double beta : betas) {
      InvalidValue.unless(
          beta >= 0 && beta < 1, "betas", betas, "each must be at least 0 and below 1");
    }
    InvalidValue.unlessPositive("eps", eps);
    InvalidValue.unlessNotNegative("weight_decay", weightDecay);
    InvalidValue.unlessNotNegative("clip", clip);
    InvalidValue.unlessFraction("ema", ema);
    InvalidValue.unlessNotNegative("muon", muon);
  }
}
