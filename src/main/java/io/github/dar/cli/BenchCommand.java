package io.github.dar.cli;

import io.github.dar.bench.Bench;
import io.github.dar.bench.BenchModel;
import io.github.dar.bench.BenchPlan;
import io.github.dar.bench.BenchResult;
import io.github.dar.bench.BenchSize;
import io.github.dar.bench.StartUpCommands;
import io.github.dar.config.UserException;
import io.github.dar.engine.Compute;
import io.github.dar.view.Progress;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code dar bench}. */
@Command(
    name = "bench",
    description =
        "Measures this machine's limits and how near them training, sampling and reading come.",
    customSynopsis = "dar bench [--size SIZE | --model DIR] [--only LIST] [--minutes M] [OPTIONS]",
    footer =
        "%nEach row is measured in turns with its limit. Random weights unless --model is given. docs/benchmarks.md says what each row is.")
final class BenchCommand extends DarCommand {

  private static final String USUAL_SIZE = "L";

  @Option(
      names = "--minutes",
      paramLabel = "M",
      defaultValue = "3",
      description =
          "How long all of it may take; what no time is left for is named. Default: ${DEFAULT-VALUE}.")
  private double minutes;

  @Option(
      names = "--size",
      paramLabel = "SIZE",
      completionCandidates = Candidates.Sizes.class,
      description =
          "The published transformer to measure: B, L, XL or XXL. Default: " + USUAL_SIZE + ".")
  private String size;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "Measure this model instead of one of a published size.")
  private Path folder;

  @Option(
      names = "--only",
      paramLabel = "LIST",
      split = ",",
      completionCandidates = Candidates.Benches.class,
      description =
          "Some of start-up, input, train-ar, train-tokenizer, prefill, decode, denoise and stream, with commas between. Default: all.")
  private List<String> only;

  BenchCommand(Console console) {
    super(console);
  }

  /** Decoding; all other rows are as with auto. */
  @Override
  boolean samples() {
    return true;
  }

  @Override
  void run() {
    BenchPlan plan =
        new BenchPlan(only == null ? BenchPlan.GROUPS : only, minutes, options().seed(), startUp());
    BenchResult result = measure(model(), plan);
    result.lines().forEach(this::result);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("versions", VersionInfo.byName());
    fields.putAll(result.fields());
    json(fields);
  }

  private BenchResult measure(BenchModel model, BenchPlan plan) {
    try (Compute compute = openCompute();
        Bar bar = new Bar(progress())) {
      return Bench.run(compute, model, BenchSize.of(compute), plan, bar);
    }
  }

  /** How far it is; made when it is known how much there is to do. */
  private static final class Bar implements Bench.Listener, AutoCloseable {
    private final Progress.Output output;
    private Progress progress;

    Bar(Progress.Output output) {
      this.output = output;
    }

    @Override
    public void progress(int done, int count, String next) {
      if (progress == null) {
        progress = new Progress(output, "bench", "row", 0, count);
      }
      progress.update(done, next);
    }

    @Override
    public void close() {
      if (progress != null) {
        progress.close();
      }
    }
  }

  private BenchModel model() {
    if (folder != null && size != null) {
      throw new UserException("--size and --model exclude each other; give one of them");
    }
    if (folder != null) {
      return BenchModel.of(Models.open(folder, List.of()));
    }
    String name = size == null ? USUAL_SIZE : size.toUpperCase(Locale.ROOT);
    return BenchModel.published(name, memory());
  }

  private static long memory() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getTotalMemorySize();
  }

  /** The launcher's way of starting a short command, without its shell. */
  private Optional<StartUpCommands> startUp() {
    Path bin = Path.of(System.getProperty("java.home"), "bin");
    Path java = bin.resolve(Files.exists(bin.resolve("java.exe")) ? "java.exe" : "java");
    if (!Files.isExecutable(java)) {
      return Optional.empty();
    }
    List<String> quick = List.of(java.toString(), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
    List<String> program = new ArrayList<>(quick);
    program.addAll(
        List.of("-cp", System.getProperty("java.class.path"), Main.class.getName(), "--help"));
    List<String> nothing = new ArrayList<>(quick);
    nothing.add("-version");
    return Optional.of(new StartUpCommands(program, nothing));
  }
}
