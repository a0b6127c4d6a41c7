package io.github.dar.model;

import static io.github.dar.model.TransformerReference.CONFIG;
import static io.github.dar.model.TransformerReference.assertClose;
import static io.github.dar.model.TransformerReference.read;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.Precision;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Kernel;
import io.github.dar.weights.HostTensor;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From logits to tokens: guidance, filters and draws against the reference's numbers. */
final class TransformerSamplingTest {

  private static Compute compute;
  private static Kernel kernel;

  @BeforeAll
  static void open() {
    compute = Compute.open("cpu", Precision.FP32, 1);
    kernel = Kernel.load(compute.manager(), Map.of(), "sampling", "sampling_probe");
  }

  @AfterAll
  static void close() {
    kernel.close();
    compute.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
  void filters_areTheReferences(int setting) {
    Map<String, HostTensor> expected = read("filter.safetensors");
    double[] settings = expected.get("settings").rows(setting, setting + 1).toDoubles();
    String suffix = "_%02d".formatted(setting);
    try (NDManager scope = compute.manager().newSubManager()) {
      NDArray narrow = filtered(scope, expected.get("logits"), settings);
      float[] wanted = expected.get("filtered" + suffix).toFloats();
      assertClose("filtered", narrow.toFloatArray(), wanted, 1e-6);
      assertClose("probabilities", narrow.softmax(-1), expected.get("probs" + suffix), 1e-6);
      float[] wide = filtered(scope, expected.get("logits_wide"), settings).toFloatArray();
      byte[] kept = expected.get("wide_kept" + suffix).toBytes();
      for (int i = 0; i < wide.length; i++) {
        assertThat(Float.isFinite(wide[i])).as("code " + i).isEqualTo(kept[i] != 0);
      }
    }
  }

  private static NDArray filtered(NDManager scope, HostTensor logits, double[] settings) {
    NDArray x = compute.tensors().float32(scope, logits);
    return kernel
        .run(scope, "filtered", x, settings[2], (int) settings[0], settings[1])
        .singletonOrThrow();
  }

  @Test
  void guidedProbabilities_areTheReferences() {
    Map<String, HostTensor> expected = read("generate.safetensors");
    long[] classes = expected.get("class_ids").toLongs();
    long[] both = {classes[0], classes[1], classes[2], 10, 10, 10};
    try (NDManager scope = compute.manager().newSubManager();
        Weights weights = TransformerReference.weights(compute);
        Transformer model = new Transformer(compute, CONFIG, weights)) {
      NDArray caches = model.caches(scope, 6, 4);
      long[] last = new long[3];
      for (int step = 0; step < 4; step++) {
        long[][] inputs = new long[6][];
        for (int i = 0; i < 6; i++) {
          inputs[i] = new long[] {last[i % 3]};
        }
        NDArray logits = model.advance(scope, both, inputs, step, caches).squeeze(1);
        NDArray guided = kernel.run(scope, "guided", logits, scope.create(2f)).singletonOrThrow();
        HostTensor wanted = expected.get("guided_logits").rows(step, step + 1).reshape(3, 512);
        assertClose("guided logits", guided, wanted, 5e-5);
        NDArray kept = kernel.run(scope, "filtered", guided, 0.9, 40, 0.92).singletonOrThrow();
        HostTensor probabilities = expected.get("guided_probs").rows(step, step + 1);
        assertClose("probabilities", kept.softmax(-1), probabilities.reshape(3, 512), 1e-5);
        last = guided.argMax(-1).toLongArray();
      }
    }
  }

  @Test
  void guided_takesTheConditionalLogitsAsTheyAreAtOne() {
    try (NDManager scope = compute.manager().newSubManager()) {
      NDArray logits = scope.create(new float[] {0.1f, 1e8f, 0.3f, 1e-8f}, new Shape(2, 2));
      NDList guided = kernel.run(scope, "guided", logits, scope.create(1f));
      assertThat(guided.singletonOrThrow().toFloatArray()).containsExactly(0.1f, 1e8f);
    }
  }

  @Test
  void drawn_invertsTheDistribution() {
    float none = Float.NEGATIVE_INFINITY;
    float quarter = (float) Math.log(0.25);
    float half = (float) Math.log(0.5);
    float[] row = {none, quarter, none, half, quarter, none};
    double[] uniforms = {0, 0.2499, 0.2501, 0.7499, 0.7501, Math.nextDown(1.0)};
    long[] tokens = {1, 1, 3, 3, 4, 4};
    try (NDManager scope = compute.manager().newSubManager()) {
      NDArray logits = scope.create(row, new Shape(1, 6)).repeat(0, 6);
      NDArray u = scope.create(uniforms, new Shape(6, 1));
      NDArray drawn = kernel.run(scope, "drawn", logits, u).singletonOrThrow();
      assertThat(drawn.toLongArray()).isEqualTo(tokens);
    }
  }

  @Test
  void drawn_followsTheProbabilities() {
    float[] probabilities = {0.5f, 0.05f, 0.3f, 0.15f};
    int draws = 40000;
    double[] uniforms = new java.util.SplittableRandom(7).doubles(draws).toArray();
    try (NDManager scope = compute.manager().newSubManager()) {
      NDArray logits = scope.create(probabilities, new Shape(1, 4)).log().repeat(0, draws);
      NDArray u = scope.create(uniforms, new Shape(draws, 1));
      long[] drawn = kernel.run(scope, "drawn", logits, u).singletonOrThrow().toLongArray();
      double chiSquare = 0;
      for (int code = 0; code < 4; code++) {
        long wanted = code;
        double expected = draws * probabilities[code];
        double miss = java.util.Arrays.stream(drawn).filter(t -> t == wanted).count() - expected;
        chiSquare += miss * miss / expected;
      }
      // 3 degrees of freedom: exceeded once in a thousand; the numbers are fixed.
      assertThat(chiSquare).isLessThan(16.3);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void chosen_tellsWhatIsNoNumber(boolean greedy) {
    try (NDManager scope = compute.manager().newSubManager()) {
      NDArray logits = scope.create(new float[] {9, Float.NaN, 1, -99, 9, -99}, new Shape(2, 3));
      NDArray u = scope.create(new double[] {0.5, 0.5}, new Shape(2, 1));
      NDArray chosen = kernel.run(scope, "chosen", logits, u, greedy).singletonOrThrow();
      assertThat(chosen.toLongArray()).containsExactly(-1, 1);
    }
  }
}
