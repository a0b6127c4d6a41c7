package io.github.dar.cli;

import io.github.dar.config.RunConfig;
import io.github.dar.config.UserException;
import io.github.dar.config.Yaml;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

/** What both trainings are told. */
final class TrainingOptions {

  @Option(
      names = "--config",
      paramLabel = "F.yaml",
      required = true,
      description = "The preset: a model and how to train it. The folder configs has some.")
  private Path config;

  @Option(
      names = "--out",
      paramLabel = "RUN",
      required = true,
      description =
          "The run's folder. A run of the same configuration that stopped there is continued.")
  private Path out;

  @Option(names = "--fresh", description = "Start over, deleting what the run in RUN has done.")
  private boolean fresh;

  @Option(
      names = "--dry-run",
      description = "Print the configuration as resolved, check everything, and train nothing.")
  private boolean dryRun;

  @Option(
      names = "-o",
      paramLabel = "key.path=value",
      description =
          "Overrides a key of the configuration, as in -o ar_training.lr=3e-4; repeatable.")
  private List<String> overrides = List.of();

  /**
   * The preset with all overrides in place. {@code --seed} and {@code --precision} are overrides
   * too: a run's config.yaml says all that it depends on.
   *
   * @param section the training's
   */
  RunConfig config(String section, CommonOptions common) {
    if (Files.isDirectory(config)) {
      throw new UserException("--config " + config + ": is a folder; give a YAML file");
    }
    List<String> all = new ArrayList<>(overrides);
    common.givenSeed().ifPresent(seed -> all.add(section + ".seed=" + seed));
    if (common.hasPrecision()) {
      String name = common.precision().name().toLowerCase(Locale.ROOT);
      all.add(section + ".precision=" + name);
    }
    return Yaml.read(config, RunConfig.class, all);
  }

  /** The folder, checked to be one or to be free. */
  Path out() {
    if (Files.exists(out) && !Files.isDirectory(out)) {
      throw new UserException("--out " + out + ": is a file; give a folder");
    }
    return out;
  }

  boolean fresh() {
    return fresh;
  }

  boolean dryRun() {
    return dryRun;
  }
}
