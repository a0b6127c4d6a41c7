package io.github.dar.cli;

import io.github.dar.bench.Bench;
import io.github.dar.bench.BenchModel;
import io.github.dar.bench.BenchPlan;
import io.github.dar.bench.BenchResult;
import io.github.dar.bench.BenchSize;
import io.github.dar.bench.StartUpCommands;
import io.github.dar.bench.StartUpCommands.Program;
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
import java.util.stream.Stream;
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
    BenchModel model = model();
    Path scratch = Folders.temporary("dar-bench");
    BenchResult result;
    try {
      List<String> groups = only == null ? BenchPlan.GROUPS : only;
      result = measure(model, new BenchPlan(groups, minutes, options().seed(), startUp(scratch)));
    } finally {
      Folders.delete(scratch);
    }
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

  /**
   * Short commands in the way that this one was started.
   *
   * @param scratch takes what they write
   */
  private Optional<StartUpCommands> startUp(Path scratch) {
    Path bin = Path.of(System.getProperty("java.home"), "bin");
    Path java = bin.resolve(Files.exists(bin.resolve("java.exe")) ? "java.exe" : "java");
    if (!Files.isExecutable(java)) {
      return Optional.empty();
    }
    List<String> start = new ArrayList<>(List.of(java.toString()));
    start.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    List<String> nothing = joined(start, List.of("-version"));
    start.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    List<Program> programs = new ArrayList<>();
    programs.add(new Program("dar --help", joined(start, List.of("--help"))));
    Models.shipped(console())
        .ifPresent(
            model ->
                programs.add(
                    new Program(
                        "dar sample --tokens-only",
                        joined(
                            start,
                            List.of(
                                "sample",
                                "--model",
                                model.toString(),
                                "--tokens-only",
                                "--quiet",
                                "--device",
                                "cpu",
                                "--out",
                                scratch.toString())))));
    return Optional.of(new StartUpCommands(programs, nothing));
  }

  private static List<String> joined(List<String> first, List<String> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }
}
