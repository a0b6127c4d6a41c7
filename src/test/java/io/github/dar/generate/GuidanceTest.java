package io.github.dar.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dar.config.ModelConfig;
import io.github.dar.config.RunConfig;
import io.github.dar.config.UserException;
import io.github.dar.config.Yaml;
import io.github.dar.model.TransformerReference;
import io.github.dar.weights.HostTensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scales as users write them, and their schedules. */
final class GuidanceTest {

  @Test
  void schedule_equalsTorchLinspace() {
    Map<String, HostTensor> expected = TransformerReference.read("generate.safetensors");
    Guidance guidance = Guidance.parse("1.2:8.0");
    float[] whole = expected.get("schedule.1.2_8.0").toFloats();
    float[] part = expected.get("schedule.short_12").toFloats();
    // A unit in the last place: 16 or more values are computed in blocks there.
    TransformerReference.assertClose("64", guidance.schedule(64), whole, 4.8e-7);
    TransformerReference.assertClose("12", guidance.schedule(12), part, 0);
  }

  @Test
  void schedule_ofOneTokenOrAConstant() {
    assertThat(Guidance.parse("1.2:8.0").schedule(1)).containsExactly(1.2f);
    assertThat(Guidance.constant(4).schedule(3)).containsExactly(4, 4, 4);
    assertThat(Guidance.NONE.schedule(3)).containsExactly(1, 1, 1);
  }

  @Test
  void schedule_isOneBehindTheLastGuidedToken() {
    assertThat(Guidance.parse("1,3").until(2).schedule(5)).containsExactly(1, 1.5f, 1, 1, 1);
    assertThat(Guidance.constant(4).until(0).schedule(2)).containsExactly(1, 1);
    assertThat(Guidance.constant(4).until(9).schedule(2)).containsExactly(4, 4);
  }

  @Test
  void parse_readsOneScaleOrTwo() {
    Guidance two = new Guidance(1.2f, 8, Integer.MAX_VALUE);
    assertThat(Guidance.parse("4.0")).isEqualTo(Guidance.constant(4));
    assertThat(Guidance.parse("1.2:8.0")).isEqualTo(two);
    assertThat(Guidance.parse(" 1.2, 8.0 ")).isEqualTo(two);
    assertThat(Guidance.parse(two.toString())).isEqualTo(two);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "1:", ":2", "1:2:3", "1 2", "NaN", "-1", "1:Infinity"})
  void parse_refusesTheRest(String text) {
    assertThatThrownBy(() -> Guidance.parse(text))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("guidance ")
        .hasMessageNotContaining("\n");
  }

  private static ModelConfig model(String... overrides) {
    Path preset = Path.of("configs/fashion-mnist.yaml");
    return Yaml.read(preset, RunConfig.class, List.of(overrides)).model();
  }

  @Test
  void usualOptions_areTheModelsElseTheDemos() {
    assertThat(SamplingOptions.usual(model()))
        .isEqualTo(new SamplingOptions(Guidance.constant(4), 1, 0, 1, false));
    String[] own = {"sampling.cfg=[1.2, 8]", "sampling.temperature=0.5"};
    assertThat(SamplingOptions.usual(model(own)))
        .isEqualTo(new SamplingOptions(Guidance.parse("1.2:8"), 0.5, 0, 1, false));
    String noNull = "ar.class_dropout_prob=0";
    assertThat(SamplingOptions.usual(model(noNull, own[0]))).isEqualTo(SamplingOptions.DEFAULT);
  }

  @Test
  void options_refuseWhatMeansNothing() {
    Guidance none = Guidance.NONE;
    assertThatThrownBy(() -> new SamplingOptions(none, -1, 0, 1, false))
        .isInstanceOf(UserException.class)
        .hasMessage("temperature -1.0: it must be a number of 0 or more; 1 changes nothing");
    assertThatThrownBy(() -> new SamplingOptions(none, Double.NaN, 0, 1, false))
        .isInstanceOf(UserException.class);
    assertThatThrownBy(() -> new SamplingOptions(none, 1, -1, 1, false))
        .isInstanceOf(UserException.class)
        .hasMessage("top-k -1: it must be 0 or more; 0 keeps all codes");
    assertThatThrownBy(() -> new SamplingOptions(none, 1, 0, 1.5, false))
        .isInstanceOf(UserException.class)
        .hasMessage("top-p 1.5: it must lie in 0 to 1; 1 keeps all codes");
    assertThatThrownBy(() -> none.until(-1))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("guidance until token -1: ");
  }
}
