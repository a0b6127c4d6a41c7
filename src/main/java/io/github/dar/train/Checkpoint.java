package io.github.dar.train;

import io.github.dar.model.Weights;
import io.github.dar.weights.HostTensor;
import io.github.dar.weights.SafeTensors;
import io.github.dar.weights.TensorFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A training at rest: weights, moments, average, and how many steps were taken. Every random draw
 * and the position in the data follow from that number, so nothing else is needed to go on bit by
 * bit.
 */
final class Checkpoint {

  private static final String WEIGHTS = "model.safetensors";
  private static final String AVERAGE = "ema.safetensors";
  private static final String MOMENTS = "optimizer.safetensors";
  private static final String STEP = "step";

  private Checkpoint() {}

  static void write(Path folder, long step, Weights weights, AdamW optimizer) {
    Map<String, String> metadata = Map.of(STEP, Long.toString(step));
    SafeTensors.write(folder.resolve(WEIGHTS), weights.toHost(), metadata);
    Map<String, HostTensor> moments = new LinkedHashMap<>();
    optimizer.first().toHost().forEach((name, tensor) -> moments.put("exp_avg/" + name, tensor));
    optimizer
        .second()
        .toHost()
        .forEach((name, tensor) -> moments.put("exp_avg_sq/" + name, tensor));
    SafeTensors.write(folder.resolve(MOMENTS), moments, metadata);
    SafeTensors.write(folder.resolve(AVERAGE), optimizer.average().toHost(), metadata);
  }

  /** Restores a training and returns how many steps it had taken. */
  static long read(Path folder, Weights weights, AdamW optimizer) {
    try (TensorFile model = SafeTensors.open(folder.resolve(WEIGHTS));
        TensorFile moments = SafeTensors.open(folder.resolve(MOMENTS));
        TensorFile average = SafeTensors.open(folder.resolve(AVERAGE))) {
      weights.set(model.tensors());
      optimizer.first().set(part(moments, "exp_avg/"));
      optimizer.second().set(part(moments, "exp_avg_sq/"));
      if (optimizer.average() != weights) {
        optimizer.average().set(average.tensors());
      }
      return Long.parseLong(model.metadata().get(STEP));
    }
  }

  private static Map<String, HostTensor> part(TensorFile file, String prefix) {
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
