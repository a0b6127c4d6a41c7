package io.github.dar.cli;

import io.github.dar.config.ModelConfig;
import io.github.dar.config.RunConfig;
import io.github.dar.config.UserException;
import io.github.dar.config.Yaml;
import io.github.dar.model.ModelFolder;
import io.github.dar.view.MetricsLog;
import io.github.dar.view.Series;
import io.github.dar.weights.SafeTensors;
import io.github.dar.weights.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What is in model folders, run folders and the checkpoints of runs. */
final class InfoFolders {

  private static final String CONFIG = "config.yaml";
  private static final String METRICS = "metrics.jsonl";
  private static final String MOMENTS = "optimizer.safetensors";

  private InfoFolders() {}

  static boolean isRun(Path folder) {
    return Files.isRegularFile(folder.resolve(METRICS))
        || Files.isDirectory(folder.resolve("checkpoints"))
            && Files.isRegularFile(folder.resolve(CONFIG));
  }

  static boolean isModel(Path folder) {
    return Files.isRegularFile(folder.resolve(CONFIG));
  }

  static boolean isCheckpoint(Path folder) {
    return Files.isRegularFile(folder.resolve(MOMENTS));
  }

  /** A checkpoint of a run: where it stands, and what its files hold. */
  static InfoReport checkpoint(Path folder) {
    InfoReport report = new InfoReport("run_checkpoint");
    report.line(folder + ": a checkpoint of a run");
    try (Stream<Path> found = Files.list(folder)) {
      List<Path> files =
          found.filter(file -> file.toString().endsWith(".safetensors")).sorted().toList();
      Map<String, Object> sizes = new LinkedHashMap<>();
      Map<String, String> position = new LinkedHashMap<>();
      for (Path file : files) {
        try (TensorFile tensors = SafeTensors.open(file)) {
          position.putAll(tensors.metadata());
          long values = InfoReport.values(tensors.tensors());
          sizes.put(file.getFileName().toString(), values);
        }
      }
      position.forEach(report::say);
      sizes.forEach(
          (name, values) ->
              report.line("  " + name + ": " + InfoReport.count((long) values) + " values"));
      report.field("values", sizes);
      return report;
    } catch (IOException e) {
      throw new UserException("can't list " + folder + ": " + e.getMessage(), e);
    }
  }

  static InfoReport model(Path folder, boolean listTensors) {
    ModelConfig config = Yaml.read(folder.resolve(CONFIG), RunConfig.class).model();
    InfoReport report = new InfoReport("model");
    report.line(folder + ": a model");
    config.tokenizer().ifPresent(t -> part(report, folder, "tokenizer", listTensors));
    config.ar().ifPresent(t -> part(report, folder, "ar", listTensors));
    report.line("");
    report.line(Yaml.toYaml(config).strip());
    report.field("image_size", config.imageSize());
    report.field("classes", config.classes());
    return report;
  }

  private static void part(InfoReport report, Path folder, String name, boolean listTensors) {
    Path file = folder.resolve(name + ".safetensors");
    if (!Files.exists(file)) {
      report.line(name + ": has no weights here");
      report.field(name, Map.of("parameters", 0));
      return;
    }
    try (TensorFile tensors = SafeTensors.open(file)) {
      InfoReport inner = new InfoReport(name);
      inner.tensors(tensors.tensors(), true);
      long parameters = InfoReport.values(tensors.tensors());
      report.line(
          "%s: %s parameters in %d tensors"
              .formatted(name, InfoReport.count(parameters), tensors.tensors().size()));
      if (listTensors) {
        report.line(inner.text());
      }
      inner.field("parameters", parameters);
      report.field(name, inner.fields());
    }
  }

  static InfoReport run(Path folder) {
    InfoReport report = new InfoReport("run");
    report.line(folder + ": a run");
    Path metrics = folder.resolve(METRICS);
    if (Files.exists(metrics)) {
      Map<String, Object> last = new LinkedHashMap<>();
      double step = 0;
      for (Series series : MetricsLog.read(metrics).values()) {
        int end = series.values().length - 1;
        last.put(series.name(), series.values()[end]);
        step = Math.max(step, series.steps()[end]);
      }
      report.say("step", (long) step);
      last.forEach((name, value) -> report.line("  " + name + " " + value));
      report.field("last", last);
    }
    report.say("checkpoints", checkpoints(folder));
    if (Files.isRegularFile(folder.resolve(CONFIG))) {
      for (String name : List.of("tokenizer", "ar")) {
        Path model = folder.resolve(ModelFolder.IN_RUN);
        if (Files.exists(model.resolve(name + ".safetensors"))) {
          part(report, model, name, false);
        }
      }
      report.line("");
      report.line(Yaml.toYaml(Yaml.read(folder.resolve(CONFIG), RunConfig.class)).strip());
    }
    return report;
  }

  private static List<String> checkpoints(Path folder) {
    Path checkpoints = folder.resolve("checkpoints");
    if (!Files.isDirectory(checkpoints)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(checkpoints)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UserException("can't list " + checkpoints + ": " + e.getMessage(), e);
    }
  }
}
