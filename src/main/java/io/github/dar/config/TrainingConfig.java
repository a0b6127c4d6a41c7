package io.github.dar.config;

/**
 * What both trainings have: most of the sections {@code tokenizer_training} and {@code ar_training}
 * of a preset.
 *
 * @param batch images of one optimizer step, 1 or more
 * @param accumulate parts in which a batch is computed to save memory, a divisor of it; the result
 *     is the same
 * @param partsAtOnce how many of the parts are computed at the same time, each with its share of
 *     the threads, 1 or more: faster for small networks on a processor, the same result to the bit
 * @param activationCheckpointing whether blocks are computed again on the way back instead of kept:
 *     less memory, more time, the same result
 * @param schedule steps, lr, warmup_steps, schedule, decay_start, decay_steps, final_lr; or the
 *     counts in images
 * @param optimizer betas, eps, weight_decay, clip, ema, muon
 * @param seed start of all randomness, 0 or more
 * @param precision in what numbers to compute
 * @param report log_every, sample_every, save_every, keep
 * @param data fit, flip, codes
 */
public record TrainingConfig(
    int batch,
    @Key(defaultsTo = "1") int accumulate,
    @Key(defaultsTo = "1") int partsAtOnce,
    @Key(defaultsTo = "false") boolean activationCheckpointing,
    @Key(inline = true) ScheduleConfig schedule,
    @Key(inline = true) OptimizerConfig optimizer,
    @Key(defaultsTo = "0") int seed,
    @Key(defaultsTo = "auto") Precision precision,
    @Key(inline = true) ReportConfig report,
    @Key(inline = true) DataConfig data) {

  /** Checks the ranges. */
  public TrainingConfig {
    InvalidValue.unlessAtLeast(1, "batch", batch);
    InvalidValue.unless(
        accumulate >= 1 && batch % accumulate == 0,
        "accumulate",
        accumulate,
        "it must divide batch (" + batch + ") into equal parts");
    InvalidValue.unless(
        partsAtOnce >= 1 && partsAtOnce <= accumulate,
        "parts_at_once",
        partsAtOnce,
        "there are as many parts as accumulate says (" + accumulate + ")");
    InvalidValue.unlessAtLeast(0, "seed", seed);
    InvalidValue.unless(
        precision != Precision.INT8,
        "precision",
        "int8",
        "weights of 8 bits can't be trained; use bf16, fp32 or auto");
  }
}
