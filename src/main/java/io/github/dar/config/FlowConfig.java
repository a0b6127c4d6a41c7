package io.github.dar.config;

/**
 * The flow between noise and image (method sections 6 and 7). Its keys stand among those of {@link
 * DiffusionDecoderConfig}.
 *
 * @param dataStd factor on an image in [-1, 1] before noise is mixed in, above 0
 * @param timeShift k of t = u / (u + k (1 - u)), above 0; 1 shifts nothing
 */
public record FlowConfig(
    @Key(defaultsTo = "1.0") double dataStd, @Key(defaultsTo = "1.0") double timeShift) {

  /** Checks the ranges. */
  public FlowConfig {
    InvalidValue.unlessPositive("data_std", dataStd);
    InvalidValue.unlessPositive("time_shift", timeShift);
  }
}
