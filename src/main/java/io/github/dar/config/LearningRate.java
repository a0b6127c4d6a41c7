package io.github.dar.config;

/** The learning rate as a function of the steps done: a pure function of its schedule. */
public final class LearningRate {

  private LearningRate() {}

  /**
   * The rate of the next step. The reference's two trainers disagree on when they set it (before a
   * step; after one), but both make it depend on the number of finished steps alone.
   *
   * @param schedule length, base rate, warm-up and decay
   * @param finishedSteps steps done so far; 0 before the first, whose rate is 0 if there is a
   *     warm-up
   * @return the rate of the step that follows
   */
  public static double after(ScheduleConfig schedule, long finishedSteps) {
    double warmth =
        schedule.warmupSteps() == 0
            ? 1
            : Math.min(1, (double) finishedSteps / schedule.warmupSteps());
    return warmth * decayed(schedule, finishedSteps);
  }

  private static double decayed(ScheduleConfig schedule, long finishedSteps) {
    double base = schedule.lr();
    if (schedule.schedule() == Decay.CONSTANT) {
      return base;
    }
    double end = schedule.finalLr().getAsDouble();
    double into = finishedSteps - schedule.decayStart().getAsInt();
    double progress = Math.min(1, Math.max(0, into / schedule.decaySteps().getAsInt()));
    return schedule.schedule() == Decay.LINEAR
        ? base * (1 - progress) + end * progress
        : Math.max(base * 0.5 * (1 + Math.cos(Math.PI * progress)), end);
  }
}
