package io.github.dar.model;

import static io.github.dar.model.TransformerReference.CONFIG;
import static io.github.dar.model.TransformerReference.NO_SEEDS;
import static io.github.dar.model.TransformerReference.config;
import static io.github.dar.model.TransformerReference.read;
import static io.github.dar.model.TransformerReference.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.dar.config.DropoutConfig;
import io.github.dar.config.Precision;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import io.github.dar.testing.Goldens;
import io.github.dar.weights.HostTensor;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Dropout: decided by the seed alone, in training alone. And what bfloat16 changes. */
final class TransformerDropoutTest {

  private static final String WEIGHT = "layers.1.attention.wo.weight";

  private static Compute compute;
  private static long[] classes;
  private static long[][] tokens;

  @BeforeAll
  static void open() {
    compute = Compute.open("cpu", Precision.FP32, 1);
    Map<String, HostTensor> inputs = read("train.safetensors");
    classes = inputs.get("class_ids").toLongs();
    tokens = rows(inputs.get("tokens"));
  }

  @AfterAll
  static void close() {
    compute.close();
  }

  static Stream<DropoutConfig> eachAlone() {
    return Stream.of(
        new DropoutConfig(0.2, 0, 0, 0, 0, 0.1),
        new DropoutConfig(0, 0.2, 0, 0, 0, 0.1),
        new DropoutConfig(0, 0, 0.2, 0, 0, 0.1),
        new DropoutConfig(0, 0, 0, 0.2, 0, 0.1),
        new DropoutConfig(0, 0, 0, 0, 0.5, 0.1),
        new DropoutConfig(0.1, 0.1, 0.1, 0.1, 0.2, 0.1));
  }

  /** A loss and a gradient. */
  private record Step(float loss, float[] gradient) {}

  private static Step step(DropoutConfig dropout, long seed) {
    try (NDManager scope = compute.manager().newSubManager();
        Weights weights = TransformerReference.weights(compute);
        Weights gradients = weights.zerosLike();
        Transformer model = new Transformer(compute, config(dropout), weights)) {
      float loss =
          model.gradients(scope, classes, tokens, seeds(seed), 1, gradients).mean().getFloat();
      return new Step(loss, gradients.arrays().get(WEIGHT).toFloatArray());
    }
  }

  private static long[] seeds(long seed) {
    return new long[] {
      RandomStream.of(seed, Purpose.DROPOUT, 0).nextLong(),
      RandomStream.of(seed, Purpose.DROPOUT, 1).nextLong()
    };
  }

  @ParameterizedTest
  @MethodSource("eachAlone")
  void dropout_isDecidedByTheSeed(DropoutConfig dropout) {
    Step first = step(dropout, 12);
    // What others draw from the engine's own generator changes nothing.
    compute.manager().randomUniform(0, 1, new ai.djl.ndarray.types.Shape(3)).close();
    Step again = step(dropout, 12);
    assertThat(again.loss()).isEqualTo(first.loss());
    assertThat(again.gradient()).isEqualTo(first.gradient());
    // Drop path has few coins to toss: one other seed may fall like the first.
    assertThat(Stream.of(13, 14, 15, 16, 17).map(seed -> step(dropout, seed).loss()))
        .anyMatch(loss -> loss != first.loss());
  }

  @ParameterizedTest
  @MethodSource("eachAlone")
  void dropout_keepsTheLossNearAndLeavesValidationAlone(DropoutConfig dropout) {
    float without = step(CONFIG.dropout(), 1).loss();
    double mean = 0;
    for (int seed = 0; seed < 10; seed++) {
      mean += step(dropout, seed).loss() / 10;
    }
    assertThat(mean).isNotEqualTo(without).isCloseTo(without, within(0.3 * without));
    try (NDManager scope = compute.manager().newSubManager();
        Weights weights = TransformerReference.weights(compute);
        Transformer model = new Transformer(compute, config(dropout), weights)) {
      // Training multiplies attention out, inference calls the fused kernel: the last place
      // differs.
      double validation = model.losses(scope, classes, tokens).mean().getFloat();
      assertThat(validation).isCloseTo(without, within(1e-6 * without));
    }
  }

  @Test
  void bf16_staysNearFloat32() {
    try (Compute best = Compute.open("cpu", Precision.AUTO, 1)) {
      assumeTrue(best.precision() == Precision.BF16, "this processor has no bf16 arithmetic");
    }
    try (Compute half = Compute.open("cpu", Precision.BF16, 1);
        NDManager scope = half.manager().newSubManager();
        Weights weights = TransformerReference.weights(half);
        Weights gradients = weights.zerosLike();
        Transformer model = new Transformer(half, CONFIG, weights)) {
      Map<String, HostTensor> expected = read("train.safetensors");
      float[] wanted = expected.get("logits").toFloats();
      NDArray logits = model.logits(scope, classes, tokens);
      float[] actual = logits.toFloatArray();
      assertThat(miss(actual, wanted)).isGreaterThan(1e-4).isLessThan(0.02);
      long[][] inputs = new long[2][64];
      for (int i = 0; i < 2; i++) {
        System.arraycopy(tokens[i], 0, inputs[i], 1, 63);
      }
      float[] cached =
          model.advance(scope, classes, inputs, 0, model.caches(scope, 2, 64)).toFloatArray();
      assertThat(miss(cached, wanted)).isGreaterThan(1e-4).isLessThan(0.02);
      float loss =
          model.gradients(scope, classes, tokens, NO_SEEDS, 1, gradients).mean().getFloat();
      assertThat(loss).isCloseTo(expected.get("loss").toFloats()[0], within(0.02f));
      float[] gradient = gradients.arrays().get(WEIGHT).toFloatArray();
      float[] exact = expected.get("grad." + WEIGHT).toFloats();
      double largest = 0;
      for (float value : exact) {
        largest = Math.max(largest, Math.abs(value));
      }
      TransformerReference.assertClose("gradient", gradient, exact, 0.05 * largest);
    }
  }

  /** The root mean square of the differences, as a part of that of the wanted values. */
  private static double miss(float[] actual, float[] wanted) {
    double miss = 0;
    double size = 0;
    for (int i = 0; i < wanted.length; i++) {
      miss += Math.pow(actual[i] - wanted[i], 2);
      size += Math.pow(wanted[i], 2);
    }
    return Math.sqrt(miss / size);
  }

  @Test
  void refresh_bringsChangedWeightsToInference() {
    try (Compute best = Compute.open("cpu", Precision.AUTO, 1);
        NDManager scope = best.manager().newSubManager();
        Weights weights = TransformerReference.weights(best);
        Transformer model = new Transformer(best, CONFIG, weights)) {
      float[] before = model.logits(scope, classes, tokens).toFloatArray();
      weights.arrays().get("output.weight").muli(2);
      model.refresh();
      float[] after = model.logits(scope, classes, tokens).toFloatArray();
      for (int i = 0; i < before.length; i++) {
        before[i] *= 2;
      }
      // Not the same bits: as 16-bit floats the smallest weights don't simply double.
      assertThat(Goldens.difference(after, before)).isLessThan(1e-5);
    }
  }
}
