package io.github.dar.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.OptimizerConfig;
import io.github.dar.config.Precision;
import io.github.dar.config.RunConfig;
import io.github.dar.config.TokenizerConfig;
import io.github.dar.config.UserException;
import io.github.dar.data.ShapesSource;
import io.github.dar.engine.Compute;
import io.github.dar.model.Tokenizer;
import io.github.dar.model.TokenizerPart;
import io.github.dar.model.Weights;
import io.github.dar.testing.LivelyWeights;
import io.github.dar.testing.TinyRun;
import io.github.dar.view.Progress;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A step that is no number stops the run, says where, and has touched nothing. */
class NotFiniteTest {

  private static final String RUN = "goes on from step 6";
  private static final String WEIGHT = "decoder_layers.0.attention.v.weight";

  /** Poisons a network or its images, takes a step as far as the check, and returns its message. */
  private static String message(boolean poisonWeight, float poison) {
    TokenizerConfig config = TinyRun.config().model().requireTokenizer("test");
    OptimizerConfig adam = new OptimizerConfig(List.of(0.9, 0.95), 1e-8, 0, 1, 0.9, 0);
    try (Compute compute = Compute.open("cpu", Precision.FP32, 1);
        NDManager scope = compute.manager().newSubManager();
        Weights weights = LivelyWeights.of(compute, Tokenizer.parameters(config));
        Tokenizer tokenizer = new Tokenizer(compute, config, weights);
        AdamW optimizer = new AdamW(compute, adam, weights, name -> true)) {
      float[] pixels = new float[2 * 3 * 16 * 16];
      NDArray noise = scope.zeros(new Shape(2, 3, 16, 16));
      if (poisonWeight) {
        NDArray weight = weights.arrays().get(WEIGHT);
        float[] values = weight.toFloatArray();
        values[17] = poison;
        weight.set(values);
      } else {
        pixels[100] = poison;
      }
      Map<String, float[]> before = state(optimizer);
      float[] times = {0.2f, 0.7f};
      float[] losses =
          tokenizer
              .gradients(
                  scope,
                  scope.create(pixels, noise.getShape()),
                  noise,
                  times,
                  TokenizerPart.whole(config.tokens(), times),
                  TinyRun.config().requireTokenizerTraining("test").losses(),
                  optimizer.gradients())
              .get(0)
              .toFloatArray();
      Map<String, Double> named = new LinkedHashMap<>();
      named.put("loss_codebook", (double) losses[1]);
      named.put("loss_flow", (double) losses[4]);
      String[] message = new String[1];
      assertThatThrownBy(() -> NotFinite.check(7, named, optimizer.gradientNorm(), optimizer, RUN))
          .isInstanceOf(UserException.class)
          .satisfies(e -> message[0] = e.getMessage());
      Map<String, float[]> after = state(optimizer);
      before.forEach((name, values) -> assertThat(after.get(name)).as(name).isEqualTo(values));
      return message[0];
    }
  }

  private static Map<String, float[]> state(AdamW optimizer) {
    Map<String, float[]> out = new LinkedHashMap<>();
    for (Weights part :
        List.of(optimizer.weights(), optimizer.average(), optimizer.first(), optimizer.second())) {
      part.arrays().forEach((name, array) -> out.put(out.size() + name, array.toFloatArray()));
    }
    return out;
  }

  @Test
  void poisonedWeight_isNamed() {
    assertThat(message(true, Float.NaN))
        .startsWith("step 7: loss_flow is NaN, the gradients' norm is NaN; not finite: the weight")
        .contains("the weight " + WEIGHT + ". ")
        .contains("the same command goes on from step 6");
    assertThat(message(true, Float.POSITIVE_INFINITY)).contains("the weight " + WEIGHT + ". ");
  }

  @Test
  void infiniteImage_namesTheLossesAndTheFirstGradient() {
    assertThat(message(false, Float.POSITIVE_INFINITY))
        .contains("step 7: ")
        .contains("loss_flow is ")
        .contains("not finite: the gradient of ")
        .doesNotContain("the weight");
  }

  @Test
  void finiteStep_passes() {
    assertThatCode(() -> NotFinite.check(7, Map.of("loss", 3.0), 2, null, RUN))
        .doesNotThrowAnyException();
  }

  @Test
  void divergedRun_stopsBeforeTheStep_andKeepsItsCheckpoint(@TempDir Path folder) {
    RunConfig config =
        TinyRun.config(
            "tokenizer_training.lr=1e38",
            "tokenizer_training.warmup_steps=0",
            "tokenizer_training.sample_every=0",
            "tokenizer_training.save_every=1");
    Progress.Output quiet =
        Progress.Output.of(new PrintStream(OutputStream.nullOutputStream()), false, 80);
    try (Compute compute = Compute.open("cpu", Precision.FP32, 1);
        RunFolder run = RunFolder.open(folder, config, TokenizerTrainer.SECTION, false)) {
      assertThatThrownBy(
              () ->
                  TokenizerTrainer.run(
                      compute,
                      config,
                      new ShapesSource(10, 16, 0),
                      TinyRun.files(),
                      run,
                      Optional.empty(),
                      quiet))
          .isInstanceOf(UserException.class)
          .hasMessageMatching("step 2: loss.* is NaN.*");
    }
    String[] checkpoints = folder.resolve("checkpoints").toFile().list();
    Arrays.sort(checkpoints);
    assertThat(checkpoints).containsExactly("00000001");
  }
}
