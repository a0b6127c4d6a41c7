package io.github.dar.cli;

import io.github.dar.config.Precision;
import io.github.dar.config.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import picocli.CommandLine.Option;

/** The options that every command has. */
final class CommonOptions {

  @Option(
      order = 101,
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "auto",
      completionCandidates = Candidates.Devices.class,
      description = "Where to compute: auto, cpu, cuda or cuda:1. Default: ${DEFAULT-VALUE}.")
  private String device;

  @Option(
      order = 102,
      names = "--precision",
      paramLabel = "TYPE",
      completionCandidates = Candidates.Precisions.class,
      description =
          "Type of matrix products: auto (bf16 where the hardware has it), fp32, bf16 or, to sample, int8 weights. Default: auto.")
  private String precision;

  @Option(
      order = 103,
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "Threads that compute; 0 for one a core. Default: ${DEFAULT-VALUE}.")
  private int threads;

  @Option(
      order = 104,
      names = "--seed",
      paramLabel = "N",
      description = "Start of all randomness: the same seed gives the same result. Default: 0.")
  private Long seed;

  @Option(
      order = 105,
      names = {"-v", "--verbose"},
      description = "Show what goes on inside, and stack traces.")
  private boolean verbose;

  @Option(
      order = 106,
      names = {"-q", "--quiet"},
      description = "Show no progress.")
  private boolean quiet;

  @Option(order = 107, names = "--json", description = "Print the results as JSON.")
  private boolean json;

  /** Refuses what no command can do. */
  void check() {
    if (threads < 0) {
      throw new UserException("--threads " + threads + ": give 1 or more, or 0 for one a core");
    }
    if (seed != null && seed < 0) {
      throw new UserException("--seed " + seed + ": give 0 or more");
    }
    precision();
  }

  String device() {
    return device;
  }

  /** What was asked for, else AUTO. */
  Precision precision() {
    String name = precision == null ? "auto" : precision.toLowerCase(Locale.ROOT);
    return switch (name) {
      case "auto" -> Precision.AUTO;
      case "fp32" -> Precision.FP32;
      case "bf16" -> Precision.BF16;
      case "int8" -> Precision.INT8;
      default ->
          throw new UserException(
              "--precision " + precision + ": unknown; use auto, fp32, bf16 or, to sample, int8");
    };
  }

  /** Whether a precision was given, which then goes before the configuration's. */
  boolean hasPrecision() {
    return precision != null;
  }

  int threads() {
    return threads;
  }

  long seed() {
    return seed == null ? 0 : seed;
  }

  /** The seed if it was given, which then goes before the configuration's. */
  OptionalLong givenSeed() {
    return seed == null ? OptionalLong.empty() : OptionalLong.of(seed);
  }

  boolean verbose() {
    return verbose;
  }

  boolean quiet() {
    return quiet;
  }

  boolean json() {
    return json;
  }

  /** What was given of device, precision, threads and seed, to be given to another command. */
  List<String> given() {
    List<String> out = new ArrayList<>();
    if (!device.equals("auto")) {
      out.addAll(List.of("--device", device));
    }
    if (precision != null) {
      out.addAll(List.of("--precision", precision));
    }
    if (threads != 0) {
      out.addAll(List.of("--threads", Integer.toString(threads)));
    }
    if (seed != null) {
      out.addAll(List.of("--seed", Long.toString(seed)));
    }
    return out;
  }
}
