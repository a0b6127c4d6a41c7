package io.github.dar.features;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.Precision;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Kernel;
import io.github.dar.testing.Goldens;
import io.github.dar.testing.HashedWeights;
import io.github.dar.weights.HostTensor;
import java.util.Arrays;
import java.util.Map;

/** What the tests of this package share. */
final class FeatureTests {

  private FeatureTests() {}

  /** All the kernel texts of this package at once, as a training kernel would hold them. */
  static Kernel probe(Compute compute) {
    return Kernel.load(
        compute.manager(),
        Map.of("dt", compute.dtype()),
        "linear",
        "blocks",
        "dropout",
        "vgg",
        "lpips",
        "dino",
        "repa",
        "patchgan",
        "features_probe");
  }

  /** A device that computes in bf16; skips the test where the processor can't. */
  static Compute bf16() {
    Compute compute = Compute.open("cpu", Precision.AUTO, 0);
    assumeTrue(compute.precision() == Precision.BF16, "this processor has no bf16 arithmetic");
    return compute;
  }

  /** Bytes as an image in [-1, 1], in float32 like the reference's. */
  static float[] image(HostTensor bytes) {
    long[] levels = bytes.toLongs();
    float[] image = new float[levels.length];
    for (int i = 0; i < image.length; i++) {
      image[i] = (levels[i] / 255f - 0.5f) / 0.5f;
    }
    return image;
  }

  /** The pair of batches of lpips.safetensors. */
  static NDArray[] pair(NDManager manager, Goldens golden) {
    float[] first = image(golden.get("bytes0"));
    float[] second = image(golden.get("bytes1"));
    for (int i = second.length / 2; i < second.length; i++) {
      second[i] *= 1.05f;
    }
    Shape shape = new Shape(golden.get("bytes0").shape());
    return new NDArray[] {manager.create(first, shape), manager.create(second, shape)};
  }

  /** The greatest absolute difference. */
  static double gap(float[] actual, float[] expected) {
    if (actual.length != expected.length) {
      throw new AssertionError(actual.length + " values instead of " + expected.length);
    }
    double worst = 0;
    for (int i = 0; i < actual.length; i++) {
      double gap = Math.abs((double) actual[i] - expected[i]);
      worst = Double.isNaN(gap) ? Double.POSITIVE_INFINITY : Math.max(worst, gap);
    }
    return worst;
  }

  /** The norm of the difference by the norm of what is expected. */
  static double relativeNorm(float[] actual, float[] expected) {
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow((double) actual[i] - expected[i], 2);
      norm += Math.pow(expected[i], 2);
    }
    return Math.sqrt(difference / norm);
  }

  /** VGG16 and LPIPS's head, the former hashed. */
  static FrozenWeights lpips(Compute compute) {
    Map<String, HostTensor> tensors = HashedWeights.of(PublishedNetwork.VGG16.shapes());
    tensors.putAll(FeatureFiles.shippedHead());
    return FrozenWeights.of(compute, tensors);
  }

  /** The last {@code count} values. */
  static float[] last(float[] values, int count) {
    return Arrays.copyOfRange(values, values.length - count, values.length);
  }
}
