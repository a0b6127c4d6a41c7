package io.github.dar.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.Precision;
import io.github.dar.config.RunConfig;
import io.github.dar.config.UserException;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Purpose;
import io.github.dar.generate.Noise;
import io.github.dar.model.Tokenizer;
import io.github.dar.model.TokenizerPart;
import io.github.dar.model.Weights;
import io.github.dar.testing.LivelyWeights;
import io.github.dar.testing.TinyRun;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** An image that is encoded once and denoised several times. */
class TimesPerImageTest {

  private static final int DRAWS = 3;

  /** The losses and gradients of a step, by name. */
  private record Step(float[] losses, Map<String, float[]> gradients) {}

  @Test
  void gradients_areThoseOfTheImageRepeated() {
    RunConfig config = TinyRun.config("tokenizer_training.losses.entropy=0.5");
    var network = config.model().requireTokenizer("test");
    float[] times = {0.1f, 0.43f, 0.77f, 0.95f, 0.28f, 0.62f};
    try (Compute compute = Compute.open("cpu", Precision.FP32, 1);
        Weights weights = LivelyWeights.of(compute, Tokenizer.parameters(network));
        Tokenizer tokenizer = new Tokenizer(compute, network, weights);
        NDManager scope = compute.manager().newSubManager()) {
      NDArray images =
          Noise.of(scope, 1, Purpose.SHAPES, 0, times.length / DRAWS, 16, 16).mul(0.4f);
      NDArray repeated = images.repeat(0, DRAWS);

      Step once = step(tokenizer, config, scope, images, times);
      Step each = step(tokenizer, config, scope, repeated, times);

      assertThat(once.losses()).containsExactly(each.losses(), within(1e-6f));
      each.gradients()
          .forEach(
              (name, values) ->
                  assertThat(once.gradients().get(name))
                      .as(name)
                      .containsExactly(values, within(2e-5f * largest(values) + 1e-9f)));
      assertThat(largest(once.gradients().get("quant_in_conv.weight"))).isPositive();
    }
  }

  private static Step step(
      Tokenizer tokenizer, RunConfig config, NDManager scope, NDArray images, float[] times) {
    NDArray noise = Noise.of(scope, 2, Purpose.NOISE, 0, times.length, 16, 16);
    try (Weights gradients = tokenizer.weights().zerosLike()) {
      NDList out =
          tokenizer.gradients(
              scope,
              images,
              noise,
              times,
              TokenizerPart.whole(tokenizer.config().tokens(), times),
              config.requireTokenizerTraining("test").losses(),
              gradients);
      assertThat(out.get(3).getShape()).isEqualTo(new Shape(times.length, 3, 16, 16));
      Map<String, float[]> values = new TreeMap<>();
      gradients.arrays().forEach((name, array) -> values.put(name, array.toFloatArray()));
      return new Step(out.get(0).toType(DataType.FLOAT32, false).toFloatArray(), values);
    }
  }

  private static float largest(float[] values) {
    float most = 0;
    for (float value : values) {
      most = Math.max(most, Math.abs(value));
    }
    return most;
  }

  @Test
  void times_areSpreadEvenly_andOneIsTheReferences() {
    float[] one = TrainingTimes.of(7, 100, 5, 1);
    float[] four = TrainingTimes.of(7, 100, 5, 4);
    assertThat(four).hasSize(20);
    for (int i = 0; i < 5; i++) {
      float[] own = Arrays.copyOfRange(four, 4 * i, 4 * i + 4);
      assertThat(own[0]).isEqualTo(one[i]);
      Arrays.sort(own);
      assertThat(own[0]).isBetween(0f, 0.25f);
      for (int k = 1; k < 4; k++) {
        assertThat(own[k] - own[k - 1]).isEqualTo(0.25f, within(1e-6f));
        assertThat(own[k]).isLessThan(1);
      }
    }
  }

  @Test
  void judgesOrNone_areRefused() {
    assertThatThrownBy(() -> TinyRun.config("tokenizer_training.times_per_image=0"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("times_per_image is 0; it must be 1 or more");
    assertThatThrownBy(
            () ->
                TinyRun.config(
                    "tokenizer_training.times_per_image=2", "tokenizer_training.losses.gan=0.5"))
        .hasMessageContaining("it must be 1 with losses.lpips, repa or gan");
  }
}
