package io.github.dar.bench;

import io.github.dar.config.Nearest;
import io.github.dar.config.UserException;
import java.util.List;
import java.util.Optional;

/**
 * What is measured, and how long that may take.
 *
 * @param groups some of {@link #GROUPS}
 * @param minutes in all
 * @param seed of the random weights and pictures
 * @param startUp how the program is started; none where that can't be found out
 */
public record BenchPlan(
    List<String> groups, double minutes, long seed, Optional<StartUpCommands> startUp) {

  /**
   * All that can be chosen, in the order in which they are measured: what takes little first, so
   * that a slow machine has it too; training before the networks that generate are in memory.
   */
  public static final List<String> GROUPS =
      List.of(
          "start-up",
          "input",
          "train-ar",
          "train-tokenizer",
          "prefill",
          "decode",
          "denoise",
          "stream");

  /** Checks the names and the time. */
  public BenchPlan {
    groups = List.copyOf(groups);
    if (!(minutes > 0 && minutes <= 1000)) {
      throw new UserException(
          "--minutes " + minutes + ": give more than 0 and at most 1000, say 3");
    }
    for (String group : groups) {
      if (!GROUPS.contains(group)) {
        throw new UserException("--only " + group + ": unknown; " + Nearest.hint(group, GROUPS));
      }
    }
    if (groups.isEmpty()) {
      throw new UserException("--only: names nothing; there are " + String.join(", ", GROUPS));
    }
  }
}
