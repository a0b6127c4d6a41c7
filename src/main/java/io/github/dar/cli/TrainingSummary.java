package io.github.dar.cli;

import io.github.dar.config.TrainingConfig;
import io.github.dar.train.Takeover;
import io.github.dar.train.TrainingResult;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a training came to, for people and for scripts.
 *
 * @param section of the configuration
 */
record TrainingSummary(
    Path run, String section, TrainingConfig plan, TrainingResult done, Optional<Takeover> taken) {

  String text() {
    String steps = run + ": " + done.step() + " steps";
    return done.from() < done.step()
        ? steps
        : steps + " were done before; -o " + section + ".steps=N goes on to more";
  }

  Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("out", run.toString());
    fields.put("steps", done.step());
    fields.put("resumed_from", done.from());
    fields.put("images", done.step() * plan.batch());
    fields.put("last", done.last());
    taken.ifPresent(t -> fields.put("init", t.fields()));
    return fields;
  }
}
