package io.github.dar.features;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Tensors;
import io.github.dar.weights.HostTensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The weights of a network that isn't trained, on a device: matrices of layers in the compute type,
 * all else in float32. They may take part in training calls, as constants.
 */
public final class FrozenWeights implements AutoCloseable {

  private final NDManager manager;
  private final Map<String, NDArray> arrays = new LinkedHashMap<>();

  private FrozenWeights(NDManager manager) {
    this.manager = manager;
  }

  /** Copies tensors to the device. */
  static FrozenWeights of(Compute compute, Map<String, HostTensor> tensors) {
    FrozenWeights weights = new FrozenWeights(compute.manager().newSubManager());
    tensors.forEach((name, tensor) -> weights.put(compute, name, tensor));
    return weights;
  }

  private void put(Compute compute, String name, HostTensor tensor) {
    if (compute.dtype() == Tensors.FLOAT32 || !isMatrix(name, tensor)) {
      arrays.put(name, compute.tensors().float32(manager, tensor));
      return;
    }
    try (NDManager scratch = manager.newSubManager()) {
      NDArray full = compute.tensors().float32(scratch, tensor);
      NDArray cast = compute.tensors().cast(scratch, full, compute.dtype());
      arrays.put(name, compute.tensors().constant(manager, cast));
    }
  }

  /** LPIPS's own weights have one row: they only average, in float32. */
  private static boolean isMatrix(String name, HostTensor tensor) {
    long[] shape = tensor.shape();
    return name.endsWith(".weight") && shape.length >= 2 && shape[0] > 1;
  }

  /** Returns the arrays by the published names, as kernels take them. */
  public Map<String, NDArray> arrays() {
    return Collections.unmodifiableMap(arrays);
  }

  @Override
  public void close() {
    manager.close();
  }
}
