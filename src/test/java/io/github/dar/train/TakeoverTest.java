package io.github.dar.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dar.config.ModelConfig;
import io.github.dar.config.Precision;
import io.github.dar.config.UserException;
import io.github.dar.engine.Compute;
import io.github.dar.model.Tokenizer;
import io.github.dar.model.Transformer;
import io.github.dar.model.Weights;
import io.github.dar.testing.TinyRun;
import io.github.dar.weights.HostTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TakeoverTest {

  private static final String CLASSES = "cls_embedding.embedding_table.weight";

  private static Compute compute;

  @BeforeAll
  static void open() {
    compute = Compute.open("cpu", Precision.FP32, 1);
  }

  @AfterAll
  static void close() {
    compute.close();
  }

  private static ModelConfig model(String... overrides) {
    return TinyRun.config(overrides).model();
  }

  private static ModelConfig withClasses(String... names) {
    return model("ar.num_classes=" + names.length, "classes=[" + String.join(",", names) + "]");
  }

  private static Weights fresh(ModelConfig model, long seed) {
    return Weights.initial(compute, Transformer.parameters(model.requireAr("test")), seed);
  }

  private static Map<String, HostTensor> host(ModelConfig model, long seed) {
    try (Weights weights = fresh(model, seed)) {
      return weights.toHost();
    }
  }

  /** The weights that a transformer starts with after it took over what fits. */
  private static Map<String, HostTensor> started(Takeover takeover, ModelConfig model) {
    try (Weights weights = fresh(model, 2)) {
      takeover.into(weights);
      return weights.toHost();
    }
  }

  private static float[] row(Map<String, HostTensor> weights, int row) {
    return weights.get(CLASSES).rows(row, row + 1).toFloats();
  }

  @Test
  void sameNetwork_isTakenOverWhole() {
    ModelConfig model = model();
    Map<String, HostTensor> source = host(model, 1);
    Takeover takeover =
        TransformerTrainer.takeover(new StartingWeights("x.pt", source, List.of()), model);
    Map<String, HostTensor> started = started(takeover, model);
    source.forEach(
        (name, tensor) ->
            assertThat(started.get(name).toFloats()).as(name).containsExactly(tensor.toFloats()));
    assertThat(takeover.lines())
        .containsExactly(
            "--init x.pt: 100.0% of the values are taken over", "  taken over: 11 of 11 tensors");
  }

  @Test
  void classes_goByTheirNames_andTheLastRowIsNoClass() {
    ModelConfig before = withClasses("cat", "dog", "bird");
    ModelConfig now = withClasses("bird", "fox", "cat", "hen");
    Map<String, HostTensor> source = host(before, 1);
    Takeover takeover =
        TransformerTrainer.takeover(new StartingWeights("m", source, before.classes()), now);
    Map<String, HostTensor> started = started(takeover, now);
    assertThat(row(started, 0)).containsExactly(row(source, 2));
    assertThat(row(started, 1)).containsExactly(row(host(now, 2), 1));
    assertThat(row(started, 2)).containsExactly(row(source, 0));
    assertThat(row(started, 4)).containsExactly(row(source, 3));
    assertThat(takeover.lines())
        .contains("  partly: " + CLASSES + ", 3 of 5 rows, by the names of the classes");
  }

  @Test
  void classesInAnotherOrder_changePlaces() {
    ModelConfig before = withClasses("cat", "dog");
    ModelConfig now = withClasses("dog", "cat");
    Map<String, HostTensor> source = host(before, 1);
    Takeover takeover =
        TransformerTrainer.takeover(new StartingWeights("m", source, before.classes()), now);
    assertThat(row(started(takeover, now), 0)).containsExactly(row(source, 1));
  }

  @Test
  void classesWithoutNames_goByTheirNumbers() {
    ModelConfig before = model("ar.num_classes=5");
    ModelConfig now = model("ar.num_classes=3");
    Map<String, HostTensor> source = host(before, 1);
    Takeover takeover =
        TransformerTrainer.takeover(new StartingWeights("m", source, List.of()), now);
    Map<String, HostTensor> started = started(takeover, now);
    assertThat(row(started, 2)).containsExactly(row(source, 2));
    assertThat(row(started, 3)).containsExactly(row(source, 5));
  }

  @Test
  void largerCodebook_keepsItsRows_andMoreQueriesNeedNothing() {
    ModelConfig before = model();
    ModelConfig now =
        model(
            "ar.vocab_size=32",
            "tokenizer.vq_codebook_size=32",
            "ar.block_size=16",
            "tokenizer.num_all_queries=16");
    Map<String, HostTensor> source = host(before, 1);
    Takeover takeover =
        TransformerTrainer.takeover(new StartingWeights("m", source, List.of()), now);
    float[] table = started(takeover, now).get("tok_embeddings.weight").toFloats();
    assertThat(java.util.Arrays.copyOf(table, 16 * 64))
        .containsExactly(source.get("tok_embeddings.weight").toFloats());
    assertThat(takeover.lines())
        .contains("  partly: tok_embeddings.weight, 16 of 32 rows, by their numbers");
  }

  @Test
  void otherDepth_listsWhatIsNewAndLeftOut() {
    Map<String, HostTensor> source = new LinkedHashMap<>(host(model("ar.n_layer=1"), 1));
    source.put("repa.weight", HostTensor.of(new float[4], 4));
    Takeover takeover =
        TransformerTrainer.takeover(
            new StartingWeights("m", source, List.of()), model("ar.n_layer=3"));
    assertThat(takeover.lines())
        .anyMatch(line -> line.startsWith("  new: layers.*.attention.wqkv.weight (2), "))
        .contains("  left out: repa.weight");
  }

  @Test
  void weightsOfAnotherNetwork_areRefused() {
    try (Weights tokenizer =
        Weights.initial(compute, Tokenizer.parameters(model().requireTokenizer("test")), 0)) {
      StartingWeights from = new StartingWeights("tok", tokenizer.toHost(), List.of());
      assertThatThrownBy(() -> TransformerTrainer.takeover(from, model()))
          .isInstanceOf(UserException.class)
          .hasMessageContainingAll("--init tok", "none of its");
    }
  }
}
