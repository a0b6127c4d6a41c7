package io.github.dar.cli;

import io.github.dar.config.RunConfig;
import io.github.dar.config.UserException;
import io.github.dar.config.Yaml;
import io.github.dar.train.RunFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
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
      names = "--init",
      paramLabel = "MODEL",
      description =
          "Start from these weights: a model folder, a run, a .safetensors or a published .pt. What fits is taken over and listed; the rest is new.")
  private Path init;

  @Option(
      names = "--keep",
      paramLabel = "N",
      description = "Keep the newest N checkpoints. Default: the configuration's keep.")
  private Integer keep;

  @Option(
      names = "--dry-run",
      description =
          "Print the configuration as resolved, parameters, memory and steps, check everything, and train nothing.")
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
    if (keep != null) {
      if (keep < 1) {
        throw new UserException("--keep " + keep + ": give 1 or more");
      }
      all.add(section + ".keep=" + keep);
    }
    return Yaml.read(config, RunConfig.class, all);
  }

  /** Opens the run, to start it or to go on with it. */
  RunFolder open(RunConfig config, String section) {
    return RunFolder.open(out(), config, section, fresh);
  }

  /**
   * The weights of {@code --init}, if there are any and the run has not begun.
   *
   * @param part the network's: {@code tokenizer} or {@code ar}
   * @param note told where the run goes on, if it does
   */
  StartingPoint start(RunFolder folder, String part, Consumer<String> note) {
    Optional<Path> latest = folder.latest();
    if (latest.isPresent()) {
      String unused = init == null ? "" : "; --init " + init + " is not looked at";
      note.accept("goes on from " + latest.get() + unused);
      return StartingPoint.NONE;
    }
    return start(part);
  }

  /** The weights of {@code --init}, if there are any. */
  StartingPoint start(String part) {
    return init == null ? StartingPoint.NONE : StartingPoint.open(init, part);
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
