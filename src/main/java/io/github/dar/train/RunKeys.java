package io.github.dar.train;

import io.github.dar.config.RunConfig;
import io.github.dar.config.Yaml;
import java.util.List;
import java.util.Set;

/**
 * Which keys make a run another one. Those of its own training and model do, as they change what is
 * computed; how often it reports, how long it goes on, and how many parts are computed at once, do
 * not: none changes a bit of the weights at any step.
 */
final class RunKeys {

  private static final Set<String> FREE =
      Set.of("keep", "log_every", "parts_at_once", "sample_every", "save_every", "steps");

  private static final Set<String> SECTIONS = Set.of("tokenizer_training", "ar_training");

  private RunKeys() {}

  /**
   * Tells why one configuration can't go on with the run of another.
   *
   * @param section the run's training
   * @return the keys that differ, with both values; none if it can
   */
  static List<String> obstacles(RunConfig before, RunConfig now, String section) {
    return Yaml.difference(before, now).stream().filter(line -> matters(line, section)).toList();
  }

  /**
   * How to go on with the run all the same: where only the end of the decay has moved, because the
   * number of steps did, with its old end.
   *
   * @param obstacles as {@link #obstacles} tells them
   * @return options to give, or nothing
   */
  static String remedy(List<String> obstacles) {
    List<String> options =
        obstacles.stream()
            .filter(line -> line.matches("\\w+\\.decay_(start|steps): \\d+ → \\d+"))
            .map(line -> "-o " + line.replaceAll(": (\\d+) .*", "=$1"))
            .toList();
    return options.size() < obstacles.size() ? "" : String.join(" ", options);
  }

  /**
   * @param difference {@code path: was → is}
   */
  private static boolean matters(String difference, String section) {
    String path = difference.substring(0, difference.indexOf(':'));
    int dot = path.indexOf('.');
    String top = dot < 0 ? path : path.substring(0, dot);
    if (!SECTIONS.contains(top)) {
      return true;
    }
    return top.equals(section) && !FREE.contains(path.substring(dot + 1));
  }
}
