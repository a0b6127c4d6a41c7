package io.github.dar.config;

import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * The length of a training and its learning rate, which {@link LearningRate} computes. Its keys
 * stand among those of {@link TrainingConfig}. Each count of steps may be given in images instead
 * ({@code images}, {@code warmup_images}, {@code decay_start_images}, {@code decay_images}): it is
 * then resolved by the batch size when it is read.
 *
 * @param steps optimizer steps of the whole run, 1 or more
 * @param lr learning rate after the warm-up, above 0
 * @param warmupSteps steps over which the rate rises from 0, 0 or more
 * @param schedule the shape after the warm-up
 * @param decayStart finished steps at which the decay begins; left out, it follows the warm-up or,
 *     of a line whose length is given, ends with the run
 * @param decaySteps length of the decay, 1 or more; left out, it lasts to the end of the run
 * @param finalLr rate at the end of the decay, 0 to lr; left out, a tenth of lr
 */
public record ScheduleConfig(
    @Key(inImages = "images") int steps,
    double lr,
    @Key(defaultsTo = "0", inImages = "warmup_images") int warmupSteps,
    @Key(defaultsTo = "constant") Decay schedule,
    @Key(inImages = "decay_start_images") OptionalInt decayStart,
    @Key(inImages = "decay_images") OptionalInt decaySteps,
    OptionalDouble finalLr) {

  /** Resolves what was left out of the decay and checks the ranges. */
  public ScheduleConfig {
    InvalidValue.unlessAtLeast(1, "steps", steps);
    InvalidValue.unlessPositive("lr", lr);
    InvalidValue.unlessAtLeast(0, "warmup_steps", warmupSteps);
    if (schedule == Decay.CONSTANT) {
      InvalidValue.unless(
          decayStart.isEmpty() && decaySteps.isEmpty() && finalLr.isEmpty(),
          "schedule",
          schedule,
          "decay_start, decay_steps and final_lr need linear or cosine; leave them out or set it");
    } else {
      int start = decayStart.orElse(defaultStart(schedule, steps, warmupSteps, decaySteps));
      InvalidValue.unless(
          start >= warmupSteps,
          "decay_start",
          start,
          "it must be warmup_steps (" + warmupSteps + ") or more");
      // A trial run of a few steps may end within the warm-up: the decay then never begins.
      int length = decaySteps.orElse(Math.max(1, steps - start));
      InvalidValue.unlessAtLeast(1, "decay_steps", length);
      double end = finalLr.orElse(lr / 10);
      InvalidValue.unless(
          end >= 0 && end <= lr, "final_lr", end, "it must be at least 0 and at most lr " + lr);
      decayStart = OptionalInt.of(start);
      decaySteps = OptionalInt.of(length);
      finalLr = OptionalDouble.of(end);
    }
  }

  private static int defaultStart(Decay schedule, int steps, int warmup, OptionalInt length) {
    return schedule == Decay.LINEAR && length.isPresent()
        ? Math.max(warmup, steps - length.getAsInt())
        : warmup;
  }
}
