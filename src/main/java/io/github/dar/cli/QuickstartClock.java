package io.github.dar.cli;

import io.github.dar.cli.QuickstartSteps.Name;
import java.time.Duration;
import java.util.Arrays;

/**
 * How long a quickstart takes, as planned: the trainings get what the other steps leave.
 *
 * @param minutes in all
 */
record QuickstartClock(double minutes) {

  /** Of the time for training; the tokenizer decides how good the pictures can be. */
  private static final double TOKENIZER_SHARE = 0.72;

  /** For finding out how fast the machine is. */
  private static final double PROBES = 14;

  /** How long a step takes; of those that are no training, as measured on two cores. */
  double seconds(Name name) {
    return switch (name) {
      case TOKENIZER -> TOKENIZER_SHARE * training();
      case AR -> (1 - TOKENIZER_SHARE) * training();
      case CODES -> 20;
      case SAMPLES -> 3;
      case LAYOUT -> 2;
      case RECONSTRUCT -> 12;
      case EVALUATE -> 15;
    };
  }

  /**
   * How long the transformer may train: all that is left when the steps before it took another time
   * than planned, but at least half of what was planned.
   *
   * @param before seconds that the steps before it took
   */
  double secondsOfAr(double before) {
    double left = 60 * minutes - PROBES - before - (secondsFrom(Name.AR) - seconds(Name.AR));
    return Math.max(left, seconds(Name.AR) / 2);
  }

  /** From the begin of a step to the end. */
  double secondsFrom(Name name) {
    return Arrays.stream(Name.values())
        .filter(step -> step.compareTo(name) >= 0)
        .mapToDouble(this::seconds)
        .sum();
  }

  /** At least a third of the time, even if that is then too little for the rest. */
  private double training() {
    double others =
        Arrays.stream(Name.values())
            .filter(name -> name != Name.TOKENIZER && name != Name.AR)
            .mapToDouble(this::seconds)
            .sum();
    return Math.max(60 * minutes - PROBES - others, 20 * minutes);
  }

  static String text(double seconds) {
    Duration time = Duration.ofSeconds(Math.round(seconds));
    return "%d:%02d minutes".formatted(time.toMinutes(), time.toSecondsPart());
  }
}
