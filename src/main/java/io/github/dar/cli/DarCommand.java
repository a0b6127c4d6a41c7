package io.github.dar.cli;

import io.github.dar.config.Precision;
import io.github.dar.config.UserException;
import io.github.dar.engine.Compute;
import io.github.dar.view.Progress;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** What all commands share: the common options, the console, and the way to a device. */
@Command(
    mixinStandardHelpOptions = true,
    versionProvider = VersionInfo.class,
    usageHelpAutoWidth = false,
    sortOptions = false)
abstract class DarCommand implements Callable<Integer> {

  @Mixin private CommonOptions options;

  private final Console console;

  DarCommand(Console console) {
    this.console = console;
  }

  /** Does the work; returning means that it is done. */
  abstract void run() throws Exception;

  @Override
  public final Integer call() throws Exception {
    options.check();
    if (options.precision() == Precision.INT8 && !samples()) {
      throw new UserException(
          "--precision int8: only sampling (dar sample, dar eval-fid --model, dar bench) has it; use bf16, fp32 or auto");
    }
    if (options.verbose()) {
      Verbosity.debug();
    }
    run();
    return ExitCodes.OK;
  }

  CommonOptions options() {
    return options;
  }

  Console console() {
    return console;
  }

  /** Opens the device that the options name and says so, once, on stderr. */
  Compute openCompute() {
    return openCompute(options.precision());
  }

  /** Whether the command draws tokens: the one thing that int8 is for. */
  boolean samples() {
    return false;
  }

  /** The same in a precision that comes from a configuration. */
  Compute openCompute(Precision precision) {
    NativeLibraries.check(console.env());
    Compute compute = Compute.open(options.device(), precision, options.threads());
    note(compute.describe());
    return compute;
  }

  /** What a precision comes to; only AUTO has to ask the device. */
  Precision onDevice(Precision precision) {
    if (precision != Precision.AUTO) {
      return precision;
    }
    try (Compute compute = openCompute(precision)) {
      return compute.precision();
    }
  }

  /** Where and how progress is shown; nowhere with -q. */
  Progress.Output progress() {
    return options.quiet() ? console.silence() : console.progress();
  }

  /** A line on stderr for people, unless -q. */
  void note(String text) {
    if (!options.quiet()) {
      console.err().println(text);
    }
  }

  /** A result, as a line on stdout, unless it is printed as JSON. */
  void result(String text) {
    if (!options.json()) {
      console.out().println(text);
    }
  }

  /** The result as JSON on stdout, if that is asked for. */
  void json(Object value) {
    if (options.json()) {
      console.out().println(Json.print(value));
    }
  }
}
