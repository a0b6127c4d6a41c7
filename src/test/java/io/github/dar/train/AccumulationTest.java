package io.github.dar.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dar.config.ModelConfig;
import io.github.dar.config.Precision;
import io.github.dar.config.RunConfig;
import io.github.dar.data.CodesFile;
import io.github.dar.data.ShapesSource;
import io.github.dar.data.ShuffledCodes;
import io.github.dar.data.TokenCodes;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import io.github.dar.model.Tokenizer;
import io.github.dar.model.TokenizerLosses;
import io.github.dar.model.Transformer;
import io.github.dar.model.Weights;
import io.github.dar.testing.Goldens;
import io.github.dar.testing.LivelyWeights;
import io.github.dar.testing.Machines;
import io.github.dar.testing.TinyRun;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A batch in parts gives the losses and the gradients of the batch in one piece, with every loss
 * and every random draw on; and so it does when blocks are computed again on the way back.
 */
class AccumulationTest {

  private static final int BATCH = 8;

  /** For losses and for all gradients together. */
  private static final double TOLERANCE = 1e-6;

  /** For the elements of one tensor: some of its elements are small sums of large terms. */
  private static final double EACH = 1e-5;

  private static Compute compute;

  /** What a step of training sees. */
  private record Step(Map<String, Double> losses, Map<String, float[]> gradients) {}

  @BeforeAll
  static void open() {
    compute = Compute.open("cpu", Precision.FP32, 1);
  }

  @AfterAll
  static void close() {
    compute.close();
  }

  private static Step tokenizer(int parts, boolean checkpointing) {
    return tokenizer(parts, checkpointing, 1, 0.5);
  }

  private static Step tokenizer(int parts, boolean checkpointing, int atOnce, double gan) {
    if (gan > 0) {
      Machines.assumeRightConvolutions();
    }
    RunConfig config =
        TinyRun.config(
            "tokenizer_training.batch=" + BATCH,
            "tokenizer_training.accumulate=" + parts,
            "tokenizer_training.parts_at_once=" + atOnce,
            "tokenizer.num_encoder_layers=2",
            "tokenizer.num_decoder_layers=2",
            "tokenizer.diff_decoder.depth=3",
            "tokenizer.diff_decoder.repa_layer=1",
            "tokenizer_training.activation_checkpointing=" + checkpointing,
            "tokenizer_training.losses.entropy=0.5",
            "tokenizer_training.losses.gan=" + gan,
            "tokenizer_training.discriminator={ndf: 8, layers: 2, start_step: 1}");
    ModelConfig model = config.model();
    var network = model.requireTokenizer("test");
    try (Weights weights = LivelyWeights.of(compute, Tokenizer.parameters(network));
        Weights gradients = weights.zerosLike();
        Tokenizer tokenizer =
            new Tokenizer(
                compute,
                network,
                weights,
                TokenizerLosses.of(config.requireTokenizerTraining("test")));
        Judges judges = Judges.load(compute, config, TinyRun.files());
        Stage stage =
            new TokenizerStage(
                tokenizer,
                config.requireTokenizerTraining("test"),
                new ShapesSource(20, 16, 0),
                model,
                judges)) {
      return step(stage, gradients);
    }
  }

  private static Step transformer(int parts, boolean checkpointing) {
    return transformer(parts, checkpointing, 1);
  }

  private static Step transformer(int parts, boolean checkpointing, int atOnce) {
    RunConfig config =
        TinyRun.config(
            "ar_training.batch=" + BATCH,
            "ar_training.accumulate=" + parts,
            "ar_training.parts_at_once=" + atOnce,
            "ar.n_layer=3",
            "ar.attn_dropout_p=0.1",
            "ar.drop_path_rate=0.3",
            "ar.class_dropout_prob=0.3");
    var network = config.model().requireAr("test");
    long[][] codes = new long[20][8];
    RandomStream random = RandomStream.of(1, Purpose.TOKEN, 0);
    for (long[] row : codes) {
      for (int n = 0; n < row.length; n++) {
        row[n] = random.nextInt(16);
      }
    }
    var tokens = config.model().requireTokenizer("test");
    try (Weights unused = LivelyWeights.of(compute, Tokenizer.parameters(tokens));
        Tokenizer tokenizer = new Tokenizer(compute, tokens, unused);
        Weights weights = LivelyWeights.of(compute, Transformer.parameters(network));
        Weights gradients = weights.zerosLike();
        Transformer transformer = new Transformer(compute, network, weights, checkpointing);
        Stage stage =
            new TransformerStage(
                transformer,
                weights,
                null,
                tokenizer,
                config.model(),
                config.requireArTraining("test"),
                new ShuffledCodes(CodesFile.of(new TokenCodes(codes, new long[20])), 0))) {
      return step(stage, gradients);
    }
  }

  private static Step step(Stage stage, Weights gradients) {
    Map<String, Double> losses = new TreeMap<>(stage.gradients(1, gradients));
    losses.putAll(stage.report());
    Map<String, float[]> values = new TreeMap<>();
    gradients.arrays().forEach((name, array) -> values.put(name, array.toFloatArray()));
    for (Checkpoint.Part other : stage.others()) {
      other
          .optimizer()
          .gradients()
          .arrays()
          .forEach((name, array) -> values.put("other." + name, array.toFloatArray()));
    }
    return new Step(losses, values);
  }

  private static void assertSame(Step actual, Step expected) {
    assertThat(actual.losses().keySet()).isEqualTo(expected.losses().keySet());
    expected
        .losses()
        .forEach(
            (name, loss) ->
                assertThat(actual.losses().get(name))
                    .as(name)
                    .isCloseTo(loss, within(TOLERANCE * Math.abs(loss))));
    double miss = 0;
    double size = 0;
    for (String name : expected.gradients().keySet()) {
      float[] found = actual.gradients().get(name);
      float[] gradient = expected.gradients().get(name);
      // What moves all keys alike moves no attention: where no rotation follows, the gradients of
      // their biases are nothing but rounding (method section 13).
      if (!name.matches(".*(decoder_layers.*|cross_attn).k(_norm)?.bias")) {
        assertThat(Goldens.difference(found, gradient)).as(name).isLessThan(EACH);
      }
      for (int i = 0; i < found.length; i++) {
        miss += Math.pow((double) found[i] - gradient[i], 2);
        size += (double) gradient[i] * gradient[i];
      }
    }
    assertThat(Math.sqrt(miss / size)).as("all gradients").isLessThan(TOLERANCE);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  void tokenizer_inParts_equalsOnePiece(int parts) {
    Step whole = tokenizer(1, false);
    assertThat(whole.losses().get("loss_entropy")).isNotZero();
    assertThat(whole.losses().get("loss_gan")).isPositive();
    assertThat(whole.gradients()).containsKey("other.main.0.weight");
    assertSame(tokenizer(parts, false), whole);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  void transformer_inParts_equalsOnePiece(int parts) {
    assertSame(transformer(parts, false), transformer(1, false));
  }

  @Test
  void tokenizer_checkpointed_equalsPlain() {
    assertSame(tokenizer(2, true), tokenizer(2, false));
  }

  @Test
  void transformer_checkpointed_isBitEqual() {
    assertBitEqual(transformer(2, true), transformer(2, false));
  }

  /** Four parts, two or three at once: the last round has one. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void parts_atOnce_areBitEqualToOneAfterTheOther(int atOnce) {
    assertBitEqual(transformer(4, false, atOnce), transformer(4, false));
    assertBitEqual(tokenizer(4, false, atOnce, 0), tokenizer(4, false, 1, 0));
  }

  private static void assertBitEqual(Step actual, Step expected) {
    assertThat(actual.losses()).isEqualTo(expected.losses());
    expected
        .gradients()
        .forEach(
            (name, gradient) ->
                assertThat(actual.gradients().get(name)).as(name).isEqualTo(gradient));
  }
}
