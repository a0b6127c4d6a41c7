package io.github.dar.config;

import java.util.List;

/**
 * How a model's tokens are best chosen: what its users get where they don't say otherwise.
 *
 * @param cfg guidance scale of the first token and of the last, each 0 or more; 1 means none
 * @param temperature divides the logits, 0 or more
 */
public record SamplingConfig(
    @Key(defaultsTo = "[4.0, 4.0]") List<Double> cfg, @Key(defaultsTo = "1.0") double temperature) {

  /** Checks the ranges. */
  public SamplingConfig {
    cfg = List.copyOf(cfg);
    InvalidValue.unless(
        cfg.size() == 2, "cfg", cfg, "it must be two numbers, such as [1.2, 8.0] or [4.0, 4.0]");
    cfg.forEach(scale -> InvalidValue.unlessNotNegative("cfg", scale));
    InvalidValue.unlessNotNegative("temperature", temperature);
  }
}
