package io.github.dar.cli;

import io.github.dar.view.Curves.Panel;
import io.github.dar.view.Series;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which numbers of a run share a pair of axes, in the order in which people ask for them. */
final class RunPanels {

  private static final String GUESSING = "loss_of_guessing";
  private static final String GROUP = "loss_group_";
  private static final String PART = "loss_";

  /** Fewer points show every one of them; of more, about this many are one to the eye. */
  private static final int POINTS = 40;

  private final Map<String, Series> left;
  private final boolean log;
  private final List<Panel> panels = new ArrayList<>();

  private RunPanels(Map<String, Series> series, boolean log) {
    this.left = new LinkedHashMap<>(series);
    this.log = log;
  }

  /**
   * @param series by the names of {@code metrics.jsonl}
   * @param log whether losses are drawn by their logarithm
   */
  static List<Panel> of(Map<String, Series> series, boolean log) {
    RunPanels out = new RunPanels(series, log);
    // The same curve as that of the images.
    if (series.containsKey("images_per_second")) {
      out.left.remove("tokens_per_second");
    }
    if (Arrays.stream(series.getOrDefault("data_wait", none()).values()).allMatch(v -> v == 0)) {
      out.left.remove("data_wait");
    }
    out.losses("loss", named("loss", "loss", GUESSING, "guessing (ln V)"));
    out.losses("parts of the loss", out.parts());
    out.losses("loss by group of tokens", out.groups());
    out.plain(
        "codebook", named("codebook_usage", "share in use", "dead_positions", "dead positions"));
    out.plain("perplexity of the codebook", named("codebook_perplexity", ""));
    out.noisy("norm of the gradient", named("grad_norm", ""));
    out.plain("learning rate", named("lr", ""));
    out.noisy("images a second", named("images_per_second", ""));
    out.noisy("share of the time waiting for data", named("data_wait", ""));
    out.plain("memory, MB", named("memory_mb", ""));
    Set<String> others = new LinkedHashSet<>(out.left.keySet());
    others.forEach(name -> out.noisy(name, named(name, "")));
    return out.panels;
  }

  private static Series none() {
    return new Series("", new double[0], new double[0]);
  }

  /** Labels by name, from pairs of them. */
  private static Map<String, String> named(String... pairs) {
    Map<String, String> out = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      out.put(pairs[i], pairs[i + 1]);
    }
    return out;
  }

  private Map<String, String> parts() {
    Map<String, String> out = new LinkedHashMap<>();
    for (String name : left.keySet()) {
      if (name.startsWith(PART) && !name.startsWith(GROUP)) {
        out.put(name, name.substring(PART.length()));
      }
    }
    return out;
  }

  private Map<String, String> groups() {
    Map<String, String> out = new LinkedHashMap<>();
    for (String name : left.keySet()) {
      if (name.startsWith(GROUP)) {
        out.put(name, name.substring(GROUP.length()));
      }
    }
    return out;
  }

  private void losses(String title, Map<String, String> labels) {
    take(title, labels).ifPresent(panel -> panels.add(smoothed(log ? panel.withLogY() : panel)));
  }

  private void noisy(String title, Map<String, String> labels) {
    take(title, labels).ifPresent(panel -> panels.add(smoothed(panel)));
  }

  private void plain(String title, Map<String, String> labels) {
    take(title, labels).ifPresent(panels::add);
  }

  /** A panel of those series that the run has. */
  private Optional<Panel> take(String title, Map<String, String> labels) {
    List<Series> found = new ArrayList<>();
    labels.forEach(
        (name, label) -> {
          Series series = left.remove(name);
          if (series != null) {
            found.add(new Series(label.isEmpty() ? title : label, series.steps(), series.values()));
          }
        });
    return found.isEmpty() ? Optional.empty() : Optional.of(Panel.of(title, found));
  }

  private static Panel smoothed(Panel panel) {
    int points = panel.series().stream().mapToInt(s -> s.values().length).max().orElse(0);
    return points > POINTS ? panel.smoothed(1 - (double) POINTS / points) : panel;
  }
}
