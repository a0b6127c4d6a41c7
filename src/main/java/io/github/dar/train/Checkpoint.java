package io.github.dar.train;

import io.github.dar.config.UserException;
import io.github.dar.model.Weights;
import io.github.dar.weights.HostTensor;
import io.github.dar.weights.SafeTensors;
import io.github.dar.weights.TensorFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A training at rest: the weights, moments and average of each network, where the run stands, and
 * what it has counted for its next report. Every random draw and the position in the data follow
 * from the step, so nothing else is needed to go on bit by bit.
 */
final class Checkpoint {

  /** The network that the training is about; others stand beside it under their own names. */
  static final String MAIN = "model";

  private static final String REPORT = "report.safetensors";
  private static final String FIRST = "exp_avg/";
  private static final String SECOND = "exp_avg_sq/";

  private Checkpoint() {}

  /**
   * A network that is trained, and its optimizer.
   *
   * @param name {@link #MAIN}, or what its files begin with
   */
  record Part(String name, Weights weights, AdamW optimizer) {

    private boolean hasAverage() {
      return optimizer.average() != weights;
    }

    private Path weightsFile(Path folder) {
      return folder.resolve(name + ".safetensors");
    }

    private Path averageFile(Path folder) {
      return folder.resolve(prefix() + "ema.safetensors");
    }

    private Path momentsFile(Path folder) {
      return folder.resolve(prefix() + "optimizer.safetensors");
    }

    private String prefix() {
      return name.equals(MAIN) ? "" : name + "-";
    }
  }

  /**
   * Where a run stands.
   *
   * @param step finished steps
   * @param samples of the run that they took
   * @param data what tells the training data from other data
   */
  record Position(long step, long samples, String data) {

    private Map<String, String> metadata() {
      // In this order: the same training gives the same bytes.
      Map<String, String> out = new LinkedHashMap<>();
      out.put("step", Long.toString(step));
      out.put("samples", Long.toString(samples));
      out.put("data", data);
      return out;
    }
  }

  /**
   * Writes all files of a checkpoint, each durable.
   *
   * @param report what the next report has counted so far
   */
  static void write(
      Path folder, Position position, List<Part> parts, Map<String, HostTensor> report) {
    Map<String, String> metadata = position.metadata();
    for (Part part : parts) {
      SafeTensors.write(part.weightsFile(folder), part.weights().streamed(), metadata);
      Map<String, HostTensor> moments = new LinkedHashMap<>();
      part.optimizer().first().streamed().forEach((name, t) -> moments.put(FIRST + name, t));
      part.optimizer().second().streamed().forEach((name, t) -> moments.put(SECOND + name, t));
      SafeTensors.write(part.momentsFile(folder), moments, metadata);
      if (part.hasAverage()) {
        SafeTensors.write(
            part.averageFile(folder), part.optimizer().average().streamed(), metadata);
      }
    }
    SafeTensors.write(folder.resolve(REPORT), report, metadata);
  }

  /**
   * Restores the networks of a training and returns how many steps it had taken.
   *
   * @param data what the run is about to go on with
   * @throws UserException if that is not what it was trained on
   */
  static long read(Path folder, List<Part> parts, String data) {
    long step = 0;
    for (Part part : parts) {
      Map<String, String> metadata = restore(folder, part);
      String before = metadata.getOrDefault("data", data);
      if (!before.equals(data)) {
        throw new UserException(
            "%s was trained on other data (%s; now %s): give the same, another --out, or --fresh to start over"
                .formatted(folder.getParent().getParent(), before, data));
      }
      step = Long.parseLong(metadata.get("step"));
    }
    return step;
  }

  private static Map<String, String> restore(Path folder, Part part) {
    try (TensorFile model = SafeTensors.open(part.weightsFile(folder));
        TensorFile moments = SafeTensors.open(part.momentsFile(folder))) {
      part.weights().set(model.tensors());
      part.optimizer().first().set(withPrefix(moments, FIRST));
      part.optimizer().second().set(withPrefix(moments, SECOND));
      if (part.hasAverage()) {
        try (TensorFile average = SafeTensors.open(part.averageFile(folder))) {
          part.optimizer().average().set(average.tensors());
        }
      }
      return model.metadata();
    } catch (UserException e) {
      throw new UserException(
          "checkpoint %s is damaged (%s): delete its folder to go on from the one before"
              .formatted(folder, e.getMessage()),
          e);
    }
  }

  /** What the next report had counted; nothing in a checkpoint of before there was such a file. */
  static Map<String, HostTensor> report(Path folder) {
    Path file = folder.resolve(REPORT);
    Map<String, HostTensor> out = new LinkedHashMap<>();
    if (Files.exists(file)) {
      try (TensorFile tensors = SafeTensors.open(file)) {
        tensors
            .tensors()
            .forEach(
                (name, tensor) ->
                    out.put(name, HostTensor.wrap(tensor.dtype(), tensor.bytes(), tensor.shape())));
      }
    }
    return out;
  }

  private static Map<String, HostTensor> withPrefix(TensorFile file, String prefix) {
    Map<String, HostTensor> out = new LinkedHashMap<>();
    file.tensors()
        .forEach(
            (name, tensor) -> {
              if (name.startsWith(prefix)) {
                out.put(name.substring(prefix.length()), tensor);
              }
            });
    return out;
  }
}
