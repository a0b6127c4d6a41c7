package io.github.dar.testing;

import io.github.dar.engine.Compute;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import io.github.dar.model.ParameterSpec;
import io.github.dar.model.Weights;
import io.github.dar.weights.HostTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Weights without the zeros of a fresh network, so that every part of it has an effect. */
public final class LivelyWeights {

  private LivelyWeights() {}

  public static Weights of(Compute compute, List<ParameterSpec> specs) {
    Map<String, HostTensor> values = new LinkedHashMap<>();
    for (int i = 0; i < specs.size(); i++) {
      ParameterSpec spec = specs.get(i);
      float[] drawn = new float[(int) spec.elements()];
      RandomStream.of(9, Purpose.WEIGHT_INIT, i).gaussians(drawn, 0, drawn.length);
      float fan = spec.shape().length > 1 ? drawn.length / (float) spec.shape()[0] : 25;
      boolean ones = spec.init() == ParameterSpec.Init.ONES;
      for (int j = 0; j < drawn.length; j++) {
        drawn[j] = (ones ? 1 : 0) + drawn[j] / (float) Math.sqrt(fan);
      }
      values.put(spec.name(), HostTensor.of(drawn, spec.shape()));
    }
    return Weights.load(compute, specs, "test", values, List.of());
  }
}
