package io.github.dar.cli;

import io.github.dar.config.UserException;
import io.github.dar.view.Curves;
import io.github.dar.view.Curves.Panel;
import io.github.dar.view.MetricsLog;
import io.github.dar.view.Series;
import java.nio.file.Files;
import java.nio.file.Path;
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
    description = "Draws the curves of a run as PNG: losses, codebook, gradients, rate, speed.")
final class PlotCommand extends DarCommand {

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
    List<Panel> panels = RunPanels.of(series, log);
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
}
