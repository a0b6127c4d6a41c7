package io.github.dar.cli;

import io.github.dar.config.UserException;
import io.github.dar.view.Curves;
import io.github.dar.view.Curves.Panel;
import io.github.dar.view.MetricsLog;
import io.github.dar.view.Series;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dar plot}. */
@Command(
    name = "plot",
    customSynopsis = "dar plot RUN [OPTIONS]",
    description = "Draws the curves of a run as PNG: losses, rate, gradients.")
final class PlotCommand extends DarCommand {

  private static final int SMOOTH_FROM = 100;
  private static final double SMOOTHING = 0.9;

  @Parameters(paramLabel = "RUN", description = "The folder of a run, or its metrics.jsonl.")
  private Path run;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "The picture. Default: curves.png in the run's folder.")
  private Path out;

  @Option(names = "--log", description = "Draw the losses by their logarithm.")
  private boolean log;

  PlotCommand(Console console) {
    super(console);
  }

  @Override
  void run() {
    Path metrics = Files.isDirectory(run) ? run.resolve("metrics.jsonl") : run;
    Map<String, Series> series = MetricsLog.read(metrics);
    List<Panel> panels = panels(series);
    if (panels.isEmpty()) {
      throw new UserException(metrics + ": holds no numbers yet; wait for the run's first report");
    }
    Path folder = metrics.toAbsolutePath().normalize().getParent();
    Path file = out == null ? folder.resolve("curves.png") : out;
    Curves.of(folder.getFileName() + "", panels).write(file);
    result(file + ": " + String.join(", ", series.keySet()));
    Map<String, Object> last = new LinkedHashMap<>();
    series.forEach((name, values) -> last.put(name, values.values()[values.values().length - 1]));
    json(Map.of("file", file.toString(), "last", last));
  }

  /**
   * All losses in one panel, parts in another; everything else has a scale, so a panel, of its own.
   */
  private List<Panel> panels(Map<String, Series> series) {
    List<Panel> panels = new ArrayList<>();
    addLosses(panels, "loss", series.values().stream().filter(s -> !isGroup(s)).toList());
    addLosses(panels, "loss by group", series.values().stream().filter(s -> isGroup(s)).toList());
    series.values().stream()
        .filter(s -> !isLoss(s.name()))
        .forEach(s -> panels.add(smoothed(Panel.of(s.name(), List.of(s)))));
    return panels;
  }

  private void addLosses(List<Panel> panels, String title, List<Series> series) {
    List<Series> losses = series.stream().filter(s -> isLoss(s.name())).toList();
    if (!losses.isEmpty()) {
      Panel panel = smoothed(Panel.of(title, losses));
      panels.add(log ? panel.withLogY() : panel);
    }
  }

  private static boolean isGroup(Series series) {
    return series.name().startsWith("loss_group_");
  }

  private static boolean isLoss(String name) {
    return name.contains("loss");
  }

  private static Panel smoothed(Panel panel) {
    boolean many = panel.series().stream().anyMatch(s -> s.values().length >= SMOOTH_FROM);
    return many && !panel.title().equals("lr") ? panel.smoothed(SMOOTHING) : panel;
  }
}
