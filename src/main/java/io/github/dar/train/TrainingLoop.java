package io.github.dar.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dar.config.LearningRate;
import io.github.dar.config.ReportConfig;
import io.github.dar.config.TrainingConfig;
import io.github.dar.config.UserException;
import io.github.dar.engine.Compute;
import io.github.dar.model.ModelFolder;
import io.github.dar.view.EventFile;
import io.github.dar.view.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The loop that both trainings share: batches, accumulation, optimizer, reports, sheets,
 * checkpoints, resume.
 */
final class TrainingLoop {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Compute compute;
  private final TrainingConfig config;
  private final RunFolder folder;
  private final Stage stage;
  private final Progress.Output output;

  TrainingLoop(
      Compute compute,
      TrainingConfig config,
      RunFolder folder,
      Stage stage,
      Progress.Output output) {
    this.compute = compute;
    this.config = config;
    this.folder = folder;
    this.stage = stage;
    this.output = output;
  }

  /** Trains until the configured number of steps is reached, from the newest checkpoint on. */
  void run() {
    try (AdamW optimizer = new AdamW(compute, config.optimizer(), stage.weights(), stage::decays);
        EventFile events = EventFile.open(folder.root(), Clock.systemUTC())) {
      Optional<Path> latest = folder.latest();
      long step = latest.map(path -> Checkpoint.read(path, stage.weights(), optimizer)).orElse(0L);
      if (latest.isPresent()) {
        events.resumedAt(step);
        forgetReportsAfter(step);
      }
      long steps = config.schedule().steps();
      try (Progress progress = new Progress(output, stage.name(), "step", step, steps)) {
        Averages averages = new Averages();
        while (step < steps) {
          double rate = LearningRate.after(config.schedule(), step);
          Map<String, Double> losses = stage.gradients(step, optimizer.gradients());
          double norm = optimizer.gradientNorm();
          NotFinite.check(step + 1, losses, norm, optimizer, folder.root());
          optimizer.step(step + 1, rate, norm);
          step++;
          losses.put("grad_norm", norm);
          averages.add(losses);
          ReportConfig report = config.report();
          if (step % report.logEvery() == 0 || step == steps) {
            report(events, step, rate, averages);
          }
          progress.update(step, "loss %.4f".formatted(losses.get("loss")));
          if (report.sampleEvery() > 0 && step % report.sampleEvery() == 0 || step == steps) {
            sheet(step, optimizer);
          }
          if (step % report.saveEvery() == 0 || step == steps) {
            long now = step;
            folder.checkpoint(
                now,
                report.keep(),
                aside -> Checkpoint.write(aside, now, stage.weights(), optimizer));
            stage.export(folder.root().resolve(ModelFolder.IN_RUN), optimizer.average());
          }
        }
      }
    }
  }

  private void report(EventFile events, long step, double rate, Averages averages) {
    double seconds = averages.seconds();
    long steps = averages.count();
    Map<String, Double> values = new LinkedHashMap<>(averages.take());
    values.put("lr", rate);
    values.put("images_per_second", steps * config.batch() / seconds);
    values.putAll(stage.report());
    events.scalars(step, values);
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("step", step);
    line.putAll(values);
    try {
      Files.writeString(
          folder.metrics(),
          JSON.writeValueAsString(line) + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UserException(folder.metrics() + " can't be written: " + e.getMessage(), e);
    }
  }

  /** A stopped run may have reported steps after its last checkpoint: they come again. */
  private void forgetReportsAfter(long step) {
    if (!Files.exists(folder.metrics())) {
      return;
    }
    try {
      StringBuilder kept = new StringBuilder();
      for (String line : Files.readAllLines(folder.metrics())) {
        if (isUpTo(line, step)) {
          kept.append(line).append('\n');
        }
      }
      RunFolder.writeText(folder.metrics(), kept.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isUpTo(String line, long step) {
    try {
      return JSON.readTree(line).path("step").asLong(Long.MAX_VALUE) <= step;
    } catch (IOException e) {
      return false; // a torn last line
    }
  }

  private void sheet(long step, AdamW optimizer) {
    stage.use(optimizer.average());
    stage.sheet(folder.samples().resolve("step-%08d.png".formatted(step)));
    stage.use(stage.weights());
  }

  /** Means of named numbers since they were last taken, and the time that passed. */
  private static final class Averages {
    private final Map<String, Double> sums = new TreeMap<>();
    private long count;
    private long since = System.nanoTime();

    void add(Map<String, Double> values) {
      values.forEach((name, value) -> sums.merge(name, value, Double::sum));
      count++;
    }

    long count() {
      return count;
    }

    double seconds() {
      return (System.nanoTime() - since) / 1e9;
    }

    Map<String, Double> take() {
      Map<String, Double> means = new TreeMap<>();
      sums.forEach((name, sum) -> means.put(name, sum / count));
      sums.clear();
      count = 0;
      since = System.nanoTime();
      return means;
    }
  }
}
