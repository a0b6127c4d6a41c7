package io.github.dar.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dar.config.Precision;
import io.github.dar.config.RunConfig;
import io.github.dar.data.CodesFile;
import io.github.dar.data.ShuffledCodes;
import io.github.dar.data.TokenCodes;
import io.github.dar.engine.Compute;
import io.github.dar.model.Tokenizer;
import io.github.dar.model.Transformer;
import io.github.dar.model.Weights;
import io.github.dar.testing.LivelyWeights;
import io.github.dar.testing.TinyRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Most steps of a transformer's training may see the first tokens only. */
class PrefixTest {

  private static final RunConfig CONFIG =
      TinyRun.config("ar_training.whole_every=3", "ar_training.prefix_tokens=4");

  /** Gradients and reports of steps 0 to 2, where all tokens after the fourth are {@code last}. */
  private static List<Map<String, Object>> steps(int last) {
    long[][] codes = new long[20][];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = new long[] {i % 16, 3, i % 5, 7, last, last, last, last};
    }
    var network = CONFIG.model().requireAr("test");
    var tokens = CONFIG.model().requireTokenizer("test");
    List<Map<String, Object>> out = new ArrayList<>();
    try (Compute compute = Compute.open("cpu", Precision.FP32, 1);
        Weights unused = LivelyWeights.of(compute, Tokenizer.parameters(tokens));
        Tokenizer tokenizer = new Tokenizer(compute, tokens, unused);
        Weights weights = LivelyWeights.of(compute, Transformer.parameters(network));
        Transformer transformer = new Transformer(compute, network, weights);
        Stage stage =
            new TransformerStage(
                transformer,
                weights,
                null,
                tokenizer,
                CONFIG.model(),
                CONFIG.requireArTraining("test"),
                new ShuffledCodes(CodesFile.of(new TokenCodes(codes, new long[20])), 0))) {
      for (int step = 0; step < 3; step++) {
        try (Weights gradients = weights.zerosLike()) {
          Map<String, Object> values = new TreeMap<>(stage.gradients(step, gradients));
          gradients.arrays().forEach((name, array) -> values.put(name, array.toFloatArray()));
          stage.report().forEach(values::put);
          values.put("tokens", stage.tokens(step));
          out.add(values);
        }
      }
    }
    return out;
  }

  @Test
  void whatComesAfterThePrefix_mattersInWholeStepsOnly() {
    List<Map<String, Object>> some = steps(2);
    List<Map<String, Object>> others = steps(9);
    assertThat(some.get(0)).usingRecursiveComparison().isEqualTo(others.get(0));
    assertThat(some.get(1)).usingRecursiveComparison().isEqualTo(others.get(1));
    assertThat(some.get(2).get("loss")).isNotEqualTo(others.get(2).get("loss"));
  }

  @Test
  void reports_haveTheGroupsThatWereSeen() {
    List<Map<String, Object>> steps = steps(2);
    for (int step = 0; step < 2; step++) {
      assertThat(steps.get(step))
          .containsEntry("tokens", 4)
          .containsKeys("loss_group_0", "loss_group_1")
          .doesNotContainKeys("loss_group_2", "loss_group_3");
    }
    assertThat(steps.get(2))
        .containsEntry("tokens", 8)
        .containsKeys("loss_group_0", "loss_group_1", "loss_group_2", "loss_group_3");
  }
}
