package io.github.dar.model;

import static io.github.dar.model.TransformerReference.CONFIG;
import static io.github.dar.model.TransformerReference.GROUPED;
import static io.github.dar.model.TransformerReference.NO_SEEDS;
import static io.github.dar.model.TransformerReference.assertClose;
import static io.github.dar.model.TransformerReference.read;
import static io.github.dar.model.TransformerReference.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import io.github.dar.config.Precision;
import io.github.dar.engine.Compute;
import io.github.dar.weights.HostTensor;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Logits, losses and gradients against the reference's numbers. */
final class TransformerTest {

  private static Compute compute;

  @BeforeAll
  static void open() {
    compute = Compute.open("cpu", Precision.FP32, 1);
  }

  @AfterAll
  static void close() {
    compute.close();
  }

  @Test
  void rope_isTheReferences() {
    HostTensor expected = read("train.safetensors").get("rope_cos_sin");
    assertClose("rope", TransformerRope.table(CONFIG), expected.toFloats(), 1e-6);
  }

  @Test
  void training_givesTheReferencesLogitsLossAndGradients() {
    Map<String, HostTensor> expected = read("train.safetensors");
    long[] classes = expected.get("class_ids").toLongs();
    long[][] tokens = rows(expected.get("tokens"));
    try (NDManager scope = compute.manager().newSubManager();
        Weights weights = TransformerReference.weights(compute);
        Weights gradients = weights.zerosLike();
        Transformer model = new Transformer(compute, CONFIG, weights)) {
      assertClose("logits", model.logits(scope, classes, tokens), expected.get("logits"), 5e-5);
      TransformerLosses losses = model.gradients(scope, classes, tokens, NO_SEEDS, 1, gradients);
      assertClose("loss", losses.mean(), expected.get("loss"), 1e-5);
      float[] positions = losses.byPosition().toFloatArray();
      assertThat(positions).hasSize(64);
      assertThat(losses.byPosition().mean().getFloat())
          .isCloseTo(losses.mean().getFloat(), within(1e-5f));
      TransformerLosses validation = model.losses(scope, classes, tokens);
      assertClose("validation", validation.mean(), expected.get("loss"), 1e-5);
      assertClose("positions", validation.byPosition().toFloatArray(), positions, 1e-5);
      Map<String, HostTensor> actual = gradients.toHost();
      expected.forEach(
          (name, tensor) -> {
            if (name.startsWith("grad.")) {
              float[] values = actual.get(name.substring(5)).toFloats();
              assertClose(name, values, tensor.toFloats(), 1e-6);
            } else if (name.startsWith("grad_rows8.")) {
              float[] values = everyEighthRow(actual.get(name.substring(11)));
              assertClose(name, values, tensor.toFloats(), 1e-6);
            }
          });
      double squares = 0;
      for (HostTensor gradient : actual.values()) {
        for (double value : gradient.toDoubles()) {
          squares += value * value;
        }
      }
      assertThat(Math.sqrt(squares))
          .isCloseTo(expected.get("grad_norm").toDoubles()[0], within(1e-4));
    }
  }

  @Test
  void gradients_addUpWithTheirScale() {
    Map<String, HostTensor> expected = read("train.safetensors");
    long[] classes = expected.get("class_ids").toLongs();
    long[][] tokens = rows(expected.get("tokens"));
    try (NDManager scope = compute.manager().newSubManager();
        Weights weights = TransformerReference.weights(compute);
        Weights gradients = weights.zerosLike();
        Transformer model = new Transformer(compute, CONFIG, weights)) {
      for (int i = 0; i < 2; i++) {
        long[] label = {classes[i]};
        model.gradients(scope, label, new long[][] {tokens[i]}, NO_SEEDS, 0.5, gradients);
      }
      String name = "grad.layers.1.attention.wo.weight";
      float[] sum = gradients.arrays().get("layers.1.attention.wo.weight").toFloatArray();
      assertClose(name, sum, expected.get(name).toFloats(), 1e-5);
    }
  }

  @Test
  void classDropout_isTheReferences() {
    Map<String, HostTensor> expected = read("train.safetensors");
    long[] classes = expected.get("class_ids").toLongs();
    long[][] tokens = rows(expected.get("tokens"));
    float[] draws = expected.get("class_draw").toFloats();
    float[] valid = expected.get("valid").toFloats();
    try (NDManager scope = compute.manager().newSubManager();
        Weights weights = TransformerReference.weights(compute);
        Transformer model = new Transformer(compute, CONFIG, weights)) {
      // The reference masks invalid images; here they are left out of the batch.
      int one = valid[0] == 1 ? 0 : 1;
      assertThat(valid[1 - one]).isZero();
      long[] label = {classes[one]};
      TransformerLosses alone = model.losses(scope, label, new long[][] {tokens[one]});
      assertClose("valid", alone.mean(), expected.get("valid_loss"), 1e-5);
      for (int i = 0; i < classes.length; i++) {
        classes[i] = model.dropClass(classes[i], draws[i]);
      }
      TransformerLosses losses = model.losses(scope, classes, tokens);
      assertClose("class draw", losses.mean(), expected.get("class_draw_loss"), 1e-5);
    }
  }

  @Test
  void dropClasses_dropsOneLabelInTen_whateverTheBatches() {
    try (Weights weights = TransformerReference.weights(compute);
        Transformer model = new Transformer(compute, CONFIG, weights)) {
      long[] labels = new long[10000];
      long[] all = model.dropClasses(labels, 3, 0);
      assertThat(java.util.Arrays.stream(all).filter(c -> c == 10).count()).isBetween(900L, 1100L);
      assertThat(model.dropClasses(new long[4], 3, 5000))
          .isEqualTo(java.util.Arrays.copyOfRange(all, 5000, 5004));
    }
  }

  @Test
  void groupedQueries_giveTheReferencesNumbers() {
    Map<String, HostTensor> expected = read("gqa_train.safetensors");
    long[] classes = expected.get("class_ids").toLongs();
    long[][] tokens = rows(expected.get("tokens"));
    try (NDManager scope = compute.manager().newSubManager();
        Weights weights = TransformerReference.groupedWeights(compute);
        Weights gradients = weights.zerosLike();
        Transformer model = new Transformer(compute, GROUPED, weights)) {
      assertClose("logits", model.logits(scope, classes, tokens), expected.get("logits"), 1e-5);
      TransformerLosses losses = model.gradients(scope, classes, tokens, NO_SEEDS, 1, gradients);
      assertClose("loss", losses.mean(), expected.get("loss"), 1e-5);
      String name = "layers.0.attention.wqkv.weight";
      float[] actual = gradients.arrays().get(name).toFloatArray();
      assertClose(name, actual, expected.get("grad." + name).toFloats(), 1e-5);
    }
  }

  private static float[] everyEighthRow(HostTensor tensor) {
    int width = (int) tensor.shape()[1];
    float[] all = tensor.toFloats();
    float[] out = new float[all.length / 8];
    for (int row = 0; row < out.length / width; row++) {
      System.arraycopy(all, row * 8 * width, out, row * width, width);
    }
    return out;
  }
}
