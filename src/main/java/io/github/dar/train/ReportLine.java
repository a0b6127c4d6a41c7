package io.github.dar.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleFunction;

/** The numbers of a report as one line for people. */
final class ReportLine {

  /** What the loss of a model that guesses would be: ln V. */
  static final String GUESSING = "loss_of_guessing";

  /** The loss on the tokens of one group; its number follows. */
  static final String GROUP = "loss_group_";

  private static final String PART = "loss_";

  private final Map<String, Double> values;
  private final List<String> words = new ArrayList<>();

  private ReportLine(Map<String, Double> values) {
    this.values = values;
  }

  /**
   * @param values by the names of {@code metrics.jsonl}
   */
  static String of(Map<String, Double> values) {
    ReportLine line = new ReportLine(values);
    line.losses();
    line.say("lr", "lr %s", ReportLine::scientific);
    line.say("grad_norm", "gradient %s", ReportLine::plain);
    line.say("images_per_second", "%s img/s", ReportLine::rounded);
    line.say("tokens_per_second", "%s tok/s", ReportLine::rounded);
    line.say("data_wait", "waits for data %s", ReportLine::percent);
    line.say("memory_mb", "%s MB", ReportLine::rounded);
    line.say("codebook_usage", "codebook used %s", ReportLine::percent);
    line.say("codebook_perplexity", "perplexity %s", ReportLine::rounded);
    line.say("dead_positions", "dead positions %s", ReportLine::percent);
    return String.join(", ", line.words);
  }

  private void losses() {
    String total = "loss " + plain(values.get("loss"));
    if (values.containsKey(GUESSING)) {
      total += " (guessing " + plain(values.get(GUESSING)) + ")";
    }
    List<String> parts = new ArrayList<>();
    List<String> groups = new ArrayList<>();
    values.forEach(
        (name, value) -> {
          if (name.startsWith(GROUP)) {
            groups.add(String.format(Locale.ROOT, "%.2f", value));
          } else if (name.startsWith(PART) && !name.equals(GUESSING)) {
            parts.add(name.substring(PART.length()) + " " + plain(value));
          }
        });
    words.add(total);
    words.addAll(parts);
    if (!groups.isEmpty()) {
      words.add("by group " + String.join(" ", groups));
    }
  }

  private void say(String name, String format, DoubleFunction<String> number) {
    Double value = values.get(name);
    if (value != null) {
      words.add(format.formatted(number.apply(value)));
    }
  }

  /** Four digits that count. */
  private static String plain(double value) {
    double size = Math.abs(value);
    if (size != 0 && (size < 1e-3 || size >= 1e5)) {
      return scientific(value);
    }
    int decimals = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4;
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  private static String scientific(double value) {
    return String.format(Locale.ROOT, "%.2e", value).replace("e-0", "e-").replace("e+0", "e+");
  }

  private static String rounded(double value) {
    return value < 10 ? plain(value) : String.format(Locale.ROOT, "%.0f", value);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f%%", 100 * share);
  }
}
