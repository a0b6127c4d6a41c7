package io.github.dar.features;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.github.dar.config.UserException;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Kernel;
import io.github.dar.weights.HostTensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * FID's Inception-v3: pooled features of 2048 numbers, 2023 spatial ones (the first 7 channels of
 * TF's {@code mixed_6/conv}, for sFID) and the probabilities of 1008 classes, computed without the
 * bias of the last layer as OpenAI's evaluator does.
 *
 * <p>It computes in float32 whatever the precision of the device: a metric must not depend on what
 * the machine is good at.
 */
public final class Inception implements FeatureExtractor {

  /** Rows and columns of Mixed_6d, times the channels that sFID takes. */
  private static final int SPATIAL = 17 * 17 * 7;

  private final NDManager manager;
  private final Kernel kernel;
  private final Map<String, NDArray> weights = new LinkedHashMap<>();
  private final Protocol protocol;
  private final String sha256;

  /**
   * @param source names the file in messages
   * @param tensors by their published names: {@link PublishedNetwork#INCEPTION}
   * @param sha256 of their file
   * @throws UserException if they hold anything but finite numbers
   */
  Inception(
      Compute compute,
      String source,
      Map<String, HostTensor> tensors,
      Protocol protocol,
      String sha256) {
    this.manager = compute.manager().newSubManager();
    this.protocol = protocol;
    this.sha256 = sha256;
    this.kernel = Kernel.load(manager, Map.of(), "protocols", "inception", "inception_features");
    for (InceptionUnits.Unit unit : InceptionUnits.all()) {
      fold(compute, tensors, unit.name());
    }
    for (String name : new String[] {"fc.weight", "fc.bias"}) {
      weights.put(name, compute.tensors().float32(manager, tensors.get(name)));
    }
    requireFinite(source);
  }

  /** What BatchNorm does in evaluation becomes part of the convolution. */
  private void fold(Compute compute, Map<String, HostTensor> tensors, String unit) {
    try (NDManager scratch = manager.newSubManager()) {
      String[] parts = {"conv.weight", "bn.weight", "bn.bias", "bn.running_mean", "bn.running_var"};
      Object[] arrays = new Object[parts.length];
      for (int i = 0; i < parts.length; i++) {
        arrays[i] = compute.tensors().float32(scratch, tensors.get(unit + "." + parts[i]));
      }
      NDList folded = kernel.run(manager, "fold", arrays);
      weights.put(unit + ".weight", folded.get(0));
      weights.put(unit + ".bias", folded.get(1));
    }
  }

  /** A ReLU may turn what is no number into 0, so nothing later would show it. */
  private void requireFinite(String source) {
    weights.forEach(
        (name, array) -> {
          try (NDManager scratch = manager.newSubManager()) {
            if (kernel.run(scratch, "finite", array).singletonOrThrow().getFloat() == 0) {
              manager.close();
              throw new UserException(
                  "%s: its %s holds numbers that are not finite; move the file away and run 'dar fetch inception'"
                      .formatted(source, name.substring(0, name.lastIndexOf('.'))));
            }
          }
        });
  }

  @Override
  public Outputs extract(NDManager into, NDArray images) {
    NDList out = kernel.run(into, "extract", weights, images, protocol.number());
    return new Outputs(out.get(0), out.get(1), out.get(2));
  }

  /** Returns the weights with the BatchNorms folded in, as the kernel text takes them. */
  Map<String, NDArray> weights() {
    return weights;
  }

  @Override
  public String name() {
    return "inception";
  }

  @Override
  public String sha256() {
    return sha256;
  }

  @Override
  public boolean inception() {
    return true;
  }

  @Override
  public String protocol() {
    return protocol.text();
  }

  @Override
  public int width() {
    return InceptionUnits.WIDTH;
  }

  @Override
  public int spatialWidth() {
    return SPATIAL;
  }

  @Override
  public int classes() {
    return InceptionUnits.CLASSES;
  }

  @Override
  public void close() {
    kernel.close();
    manager.close();
  }
}
