package io.github.dar.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.dar.cli.QuickstartSteps.Name;
import io.github.dar.cli.QuickstartSteps.Step;
import io.github.dar.config.RunConfig;
import io.github.dar.config.TokenLayout;
import io.github.dar.config.UserException;
import io.github.dar.config.Yaml;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code dar quickstart}: the other commands one after the other, and a page of what came out. */
@Command(
    name = "quickstart",
    customSynopsis = "dar quickstart [--minutes M] [--out DIR] [OPTIONS]",
    description =
        "From nothing to a page: trains a small model on generated shapes, samples, reconstructs and measures.",
    footer =
        "%nDIR/index.html shows all of it, with the command for each part. Stopped, the same command goes on.")
final class QuickstartCommand extends DarCommand {

  private static final String NAME = "quickstart";

  /** A schedule needs some steps to be one. */
  private static final int FEWEST_STEPS = 30;

  @Option(
      names = "--minutes",
      paramLabel = "M",
      defaultValue = "8",
      description =
          "About how long all of it may take: the trainings get what the rest leaves. Default: ${DEFAULT-VALUE}.")
  private double minutes;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "quickstart",
      description = "Where everything goes. Default: ${DEFAULT-VALUE}.")
  private Path out;

  @Option(names = "--fresh", description = "Start over, deleting what an earlier start has made.")
  private boolean fresh;

  QuickstartCommand(Console console) {
    super(console);
  }

  @Override
  void run() throws Exception {
    if (!(minutes > 0 && minutes <= 10_000)) {
      throw new UserException(
          "--minutes " + minutes + ": give more than 0 and at most 10000, say 8");
    }
    Path preset = preset();
    TokenLayout tokens = Yaml.read(preset, RunConfig.class).model().requireTokenizer(NAME).tokens();
    QuickstartSteps steps = new QuickstartSteps(preset, tokens, minutes, out, options().given());
    QuickstartLog log = QuickstartLog.open(steps, fresh);
    QuickstartClock clock = new QuickstartClock(minutes);
    note(
        "quickstart: about %s; stopped, the same command goes on"
            .formatted(QuickstartClock.text(60 * minutes)));

    int tokenizerSteps =
        log.number(
            "tokenizer_steps",
            () -> affordable(steps.tokenizerProbe(), clock.seconds(Name.TOKENIZER)));
    step(log, clock, steps.tokenizer(tokenizerSteps));
    step(log, clock, steps.codes());
    double before = log.seconds(Name.TOKENIZER) + log.seconds(Name.CODES);
    int arSteps =
        log.number("ar_steps", () -> affordable(steps.arProbe(), clock.secondsOfAr(before)));
    step(log, clock, steps.ar(arSteps));
    step(log, clock, steps.samples());
    step(log, clock, steps.layout());
    step(log, clock, steps.reconstruct());
    step(log, clock, steps.evaluate());

    Path page = out.resolve("index.html");
    new QuickstartPage(steps, log).write(page);
    result(page + ": open it in a browser");
    json(Map.of("page", page.toString(), "log", log.tree()));
  }

  private Path preset() {
    Path preset = console().home().resolve("configs").resolve("quickstart.yaml");
    if (!Files.exists(preset)) {
      throw new UserException(
          preset + " is missing; run quickstart from a checkout or an unpacked release");
    }
    Path here = Path.of("").toAbsolutePath();
    Path absolute = preset.toAbsolutePath().normalize();
    return absolute.startsWith(here) ? here.relativize(absolute) : absolute;
  }

  /** Does a step unless it was done before. */
  private void step(QuickstartLog log, QuickstartClock clock, Step step) throws Exception {
    if (log.isDone(step)) {
      return;
    }
    note(
        "%n[%d/%d] %s; about %s left"
            .formatted(
                step.name().ordinal() + 1,
                Name.values().length,
                step.title(),
                QuickstartClock.text(clock.secondsFrom(step.name()))));
    note(step.command());
    long begin = System.nanoTime();
    JsonNode result = call(step.arguments(), options().quiet());
    log.finish(step, (System.nanoTime() - begin) / 1e9, result);
  }

  /** How many steps fit into a time, from how fast a short training was. */
  private int affordable(List<String> probe, double seconds) throws Exception {
    note("measuring the speed of this machine");
    Path folder = Path.of(probe.get(probe.indexOf("--out") + 1));
    Folders.delete(folder);
    JsonNode done = call(probe, true);
    Folders.delete(folder);
    double rate = done.path("last").path("images_per_second").asDouble();
    double batch = done.path("images").asDouble() / done.path("steps").asDouble();
    return Math.max(FEWEST_STEPS, (int) Math.round(seconds * rate / batch));
  }

  /** Runs another command in this process and returns its result. */
  private JsonNode call(List<String> arguments, boolean quiet) throws Exception {
    return new InnerCommand(console(), quiet).call(arguments);
  }
}
