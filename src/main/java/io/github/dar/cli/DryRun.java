package io.github.dar.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.github.dar.config.RunConfig;
import io.github.dar.config.TrainingConfig;
import io.github.dar.config.Yaml;
import io.github.dar.train.Takeover;
import io.github.dar.train.TrainingEstimate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code --dry-run} says of a training: YAML that can be trained with, and comments below it.
 */
record DryRun(
    RunConfig config,
    TrainingConfig plan,
    TrainingEstimate estimate,
    long images,
    Optional<Takeover> taken) {

  private static final double MB = 1 << 20;

  String text() {
    List<String> lines = new ArrayList<>();
    List<String> parts =
        estimate.parameters().entrySet().stream()
            .map(e -> e.getKey() + " " + InfoReport.count(e.getValue()))
            .toList();
    lines.add(
        "%s parameters: %s".formatted(InfoReport.count(parameters()), String.join(", ", parts)));
    lines.add(
        "about %s of memory: weights %s, gradients %s, moments %s, average %s, copies to compute with %s, activations of %d images %s, the program %s; the Java heap may grow further, up to -Xmx"
            .formatted(
                megabytes(estimate.bytes()),
                megabytes(estimate.weights()),
                megabytes(estimate.gradients()),
                megabytes(estimate.moments()),
                megabytes(estimate.average()),
                megabytes(estimate.work()),
                plan.batch() / plan.accumulate() * plan.partsAtOnce(),
                megabytes(estimate.activations()),
                megabytes(TrainingEstimate.PROGRAM)));
    lines.add(
        "about %s of disk: %d checkpoints and one being written, %s each, and the model"
            .formatted(megabytes(disk()), plan.report().keep(), megabytes(estimate.checkpoint())));
    lines.add(
        String.format(
            Locale.ROOT,
            "%d steps of %d images: %d images, %.2f epochs of %d; how long that takes, the first steps will tell",
            plan.schedule().steps(),
            plan.batch(),
            samples(),
            epochs(),
            images));
    taken.ifPresent(t -> lines.addAll(t.lines()));
    return Yaml.toYaml(config).stripTrailing() + "\n\n# " + String.join("\n# ", lines) + "\n";
  }

  Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("config", tree());
    fields.put("parameters", parameters());
    fields.put("parameters_by_network", estimate.parameters());
    Map<String, Object> memory = new LinkedHashMap<>();
    memory.put("total", estimate.bytes());
    memory.put("weights", estimate.weights());
    memory.put("gradients", estimate.gradients());
    memory.put("moments", estimate.moments());
    memory.put("average", estimate.average());
    memory.put("work", estimate.work());
    memory.put("activations", estimate.activations());
    memory.put("program", TrainingEstimate.PROGRAM);
    fields.put("memory_bytes", memory);
    fields.put("disk_bytes", disk());
    fields.put("steps", plan.schedule().steps());
    fields.put("images", samples());
    fields.put("images_of_data", images);
    fields.put("epochs", epochs());
    taken.ifPresent(t -> fields.put("init", t.fields()));
    return fields;
  }

  private long parameters() {
    return estimate.parameters().values().stream().mapToLong(Long::longValue).sum();
  }

  private long disk() {
    return estimate.checkpoint() * (plan.report().keep() + 1L) + estimate.weights();
  }

  private long samples() {
    return (long) plan.schedule().steps() * plan.batch();
  }

  private double epochs() {
    return (double) samples() / images;
  }

  private static String megabytes(long bytes) {
    double mb = bytes / MB;
    return mb < 10_000
        ? String.format(Locale.ROOT, "%.0f MB", mb)
        : String.format(Locale.ROOT, "%.1f GB", mb / 1024);
  }

  private JsonNode tree() {
    try {
      return new YAMLMapper().readTree(Yaml.toYaml(config));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
