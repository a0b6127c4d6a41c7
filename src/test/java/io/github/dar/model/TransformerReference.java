package io.github.dar.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import io.github.dar.config.DropoutConfig;
import io.github.dar.config.SequenceConfig;
import io.github.dar.config.TransformerConfig;
import io.github.dar.engine.Compute;
import io.github.dar.weights.HostTensor;
import io.github.dar.weights.SafeTensors;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** Numbers that the reference produced, and the network that produced them. */
public final class TransformerReference {

  /** No dropout, but a null class. */
  /** What a training call takes to have no dropout. */
  public static final long[] NO_SEEDS = {};

  public static final DropoutConfig NO_DROPOUT = new DropoutConfig(0, 0, 0, 0, 0, 0.1);

  /** The network of all files but the one on grouped queries. */
  public static final TransformerConfig CONFIG = config(NO_DROPOUT);

  /** The network with grouped queries. */
  public static final TransformerConfig GROUPED =
      new TransformerConfig(
          64,
          1,
          4,
          2,
          32,
          OptionalDouble.of(0.75),
          500,
          1e-5,
          0.02,
          new SequenceConfig(40, 12, 3, 1, "c2i"),
          NO_DROPOUT);

  private TransformerReference() {}

  /** The network of the files with other dropouts. */
  public static TransformerConfig config(DropoutConfig dropout) {
    SequenceConfig sequence = new SequenceConfig(512, 64, 10, 1, "c2i");
    return new TransformerConfig(
        128, 3, 2, 2, 64, OptionalDouble.empty(), 10000, 1e-5, 0.02, sequence, dropout);
  }

  /** Reads a file of the reference. */
  public static Map<String, HostTensor> read(String name) {
    try {
      var url = TransformerReference.class.getResource("/io/github/dar/model/ar/" + name);
      return SafeTensors.open(Path.of(url.toURI())).tensors();
    } catch (java.net.URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The weights of {@link #CONFIG}. */
  public static Weights weights(Compute compute) {
    return load(compute, CONFIG, read("state.safetensors"));
  }

  /** The weights of {@link #GROUPED}. */
  public static Weights groupedWeights(Compute compute) {
    Map<String, HostTensor> state = new LinkedHashMap<>();
    read("gqa_train.safetensors")
        .forEach(
            (name, tensor) -> {
              if (name.startsWith("state.")) {
                state.put(name.substring("state.".length()), tensor);
              }
            });
    return load(compute, GROUPED, state);
  }

  private static Weights load(
      Compute compute, TransformerConfig config, Map<String, HostTensor> state) {
    return Weights.load(compute, Transformer.parameters(config), "the reference", state, List.of());
  }

  /** Integers {@code [rows, columns]} as an array of rows. */
  public static long[][] rows(HostTensor tensor) {
    long[] flat = tensor.toLongs();
    long[][] out = new long[(int) tensor.shape()[0]][(int) tensor.shape()[1]];
    for (int i = 0; i < flat.length; i++) {
      out[i / out[0].length][i % out[0].length] = flat[i];
    }
    return out;
  }

  /** Asserts that all values agree to an absolute tolerance. */
  public static void assertClose(String what, float[] actual, float[] expected, double tolerance) {
    double worst = maxDifference(actual, expected);
    assertThat(worst).as(what).isLessThanOrEqualTo(tolerance);
  }

  /** Asserts that all values agree to an absolute tolerance. */
  public static void assertClose(
      String what, NDArray actual, HostTensor expected, double tolerance) {
    assertThat(actual.getShape().getShape()).as(what).isEqualTo(expected.shape());
    assertClose(what, actual.toFloatArray(), expected.toFloats(), tolerance);
  }

  /** The largest absolute difference; NaN never hides in it. */
  public static double maxDifference(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    double worst = 0;
    for (int i = 0; i < actual.length; i++) {
      double difference = Math.abs((double) actual[i] - expected[i]);
      worst = actual[i] == expected[i] ? worst : Math.max(worst, difference);
    }
    return worst;
  }
}
