package io.github.dar.config;

/**
 * What a training leaves behind, and how often. Its keys stand among those of {@link
 * TrainingConfig}.
 *
 * @param logEvery steps between lines of metrics, 1 or more
 * @param sampleEvery steps between pictures, 0 for none
 * @param saveEvery steps between checkpoints, 1 or more; the last step is always saved
 * @param keep checkpoints kept, the newest, 1 or more
 */
public record ReportConfig(
    @Key(defaultsTo = "10") int logEvery,
    @Key(defaultsTo = "500") int sampleEvery,
    @Key(defaultsTo = "500") int saveEvery,
    @Key(defaultsTo = "2") int keep) {

  /** Checks the ranges. */
  public ReportConfig {
    InvalidValue.unlessAtLeast(1, "log_every", logEvery);
    InvalidValue.unlessAtLeast(0, "sample_every", sampleEvery);
    InvalidValue.unlessAtLeast(1, "save_every", saveEvery);
    InvalidValue.unlessAtLeast(1, "keep", keep);
  }
}
