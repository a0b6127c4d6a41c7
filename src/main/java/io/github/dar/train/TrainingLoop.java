package io.github.dar.train;

import io.github.dar.config.LearningRate;
import io.github.dar.config.ReportConfig;
import io.github.dar.config.TrainingConfig;
import io.github.dar.engine.Compute;
import io.github.dar.view.Progress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The loop that both trainings share: batches, accumulation, optimizer, reports, sheets,
 * checkpoints, resume.
 */
final class TrainingLoop {

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
  TrainingResult run() {
    try (AdamW optimizer = new AdamW(compute, config.optimizer(), stage.weights(), stage::decays)) {
      List<Checkpoint.Part> parts = new ArrayList<>();
      parts.add(new Checkpoint.Part(Checkpoint.MAIN, stage.weights(), optimizer));
      parts.addAll(stage.others());
      Optional<Path> latest = folder.latest();
      String data = stage.data();
      long from = latest.map(path -> Checkpoint.read(path, parts, data)).orElse(0L);
      try (TrainingReport report = new TrainingReport(folder, stage, config, output, from)) {
        latest.map(Checkpoint::report).ifPresent(report::restore);
        long step = from;
        while (step < config.schedule().steps()) {
          step(step, optimizer, report);
          step++;
          if (isDue(step, config.report().sampleEvery())) {
            sheet(step, optimizer);
          }
          if (isDue(step, config.report().saveEvery())) {
            save(new Checkpoint.Position(step, step * config.batch(), data), parts, report);
          }
        }
        return new TrainingResult(from, step, report.last());
      }
    }
  }

  /** Every so many steps, if at all, and at the end. */
  private boolean isDue(long step, int every) {
    return every > 0 && step % every == 0 || step == config.schedule().steps();
  }

  private void step(long step, AdamW optimizer, TrainingReport report) {
    long began = System.nanoTime();
    double rate = LearningRate.after(config.schedule(), step);
    Map<String, Double> losses = stage.gradients(step, optimizer.gradients());
    double norm = optimizer.gradientNorm();
    NotFinite.check(step + 1, losses, norm, optimizer, folder.goesOn());
    optimizer.step(step + 1, rate, norm);
    stage.stepOthers(step);
    losses.put("grad_norm", norm);
    report.step(step + 1, rate, losses, System.nanoTime() - began);
  }

  private void sheet(long step, AdamW optimizer) {
    stage.use(optimizer.average());
    stage.sheet(folder.samples().resolve("step-%08d.png".formatted(step)));
    stage.use(stage.weights());
  }

  /**
   * The model before the checkpoint: a run whose newest checkpoint says that it is done has its
   * model.
   */
  private void save(
      Checkpoint.Position position, List<Checkpoint.Part> parts, TrainingReport report) {
    report.sync();
    ReportConfig how = config.report();
    folder.checkpoint(
        position.step(),
        how.keep(),
        aside -> {
          Checkpoint.write(aside, position, parts, report.state());
          stage.export(folder.model(), parts.get(0).optimizer().average());
        });
  }
}
