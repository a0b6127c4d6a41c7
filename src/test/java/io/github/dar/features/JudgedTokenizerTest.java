package io.github.dar.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.github.dar.config.Precision;
import io.github.dar.config.RunConfig;
import io.github.dar.config.TokenizerConfig;
import io.github.dar.config.TokenizerTrainingConfig;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Purpose;
import io.github.dar.generate.Noise;
import io.github.dar.model.FlowSchedule;
import io.github.dar.model.Tokenizer;
import io.github.dar.model.TokenizerLosses;
import io.github.dar.model.TokenizerPart;
import io.github.dar.model.Weights;
import io.github.dar.testing.LivelyWeights;
import io.github.dar.testing.Machines;
import io.github.dar.testing.TinyRun;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The tokenizer's loss with all that other networks say of its estimates. */
class JudgedTokenizerTest {

  private static final RunConfig CONFIG =
      TinyRun.config(
          "tokenizer.diff_decoder.depth=2",
          "tokenizer.diff_decoder.repa_layer=1",
          "tokenizer_training.losses={lpips: 0.5, repa: 0.4, gan: 0.3}",
          "tokenizer_training.discriminator={ndf: 8, layers: 2}");
  private static final TokenizerTrainingConfig TRAINING = CONFIG.requireTokenizerTraining("test");
  private static final float[] TIMES = {0.2f, 0.8f};
  private static final double SLOPE_STEP = 3e-3;

  private static Compute compute;
  private static NDManager scope;
  private static Lpips lpips;
  private static Weights adversary;
  private static NDArray features;

  @BeforeAll
  static void open() {
    compute = Compute.open("cpu", Precision.FP32, 1);
    scope = compute.manager().newSubManager();
    lpips = new Lpips(compute, FeatureTests.lpips(compute));
    adversary = Discriminator.initial(compute, TRAINING.discriminator().orElseThrow(), 1);
    features = Noise.of(scope, 9, Purpose.NOISE, 0, 2, 256, 256).get(":, 0, :, :");
    features = features.repeat(2, 3);
  }

  @AfterAll
  static void close() {
    adversary.close();
    lpips.close();
    compute.close();
  }

  private static Map<String, NDArray> judges(long... seeds) {
    Map<String, NDArray> judges = new LinkedHashMap<>(lpips.weights());
    judges.put("seeds", scope.create(seeds));
    judges.put("repa_features", features);
    judges.putAll(adversary.arrays());
    return judges;
  }

  private static NDList gradients(Tokenizer tokenizer, Weights gradients, long... seeds) {
    NDArray images = Noise.of(scope, 3, Purpose.NOISE, 0, 2, 16, 16).clip(-1, 1);
    return tokenizer.gradients(
        scope,
        images,
        Noise.of(scope, 4, Purpose.NOISE, 0, 2, 16, 16),
        TIMES,
        TokenizerPart.whole(tokenizer.config().tokens(), TIMES),
        TRAINING.losses(),
        judges(seeds),
        gradients);
  }

  private static Tokenizer tokenizer(Weights weights, TokenizerLosses losses) {
    TokenizerConfig network = CONFIG.model().requireTokenizer("test");
    return new Tokenizer(compute, network, weights, losses);
  }

  private static Weights weights() {
    TokenizerConfig network = CONFIG.model().requireTokenizer("test");
    return LivelyWeights.of(compute, Tokenizer.parameters(network, true));
  }

  @Test
  void losses_areWhatTheNetworksSay() {
    try (Weights weights = weights();
        Weights gradients = weights.zerosLike();
        Tokenizer tokenizer = tokenizer(weights, TokenizerLosses.of(TRAINING));
        Discriminator discriminator =
            new Discriminator(compute, TRAINING.discriminator().orElseThrow(), adversary)) {
      NDList out = gradients(tokenizer, gradients);
      float[] losses = out.get(0).toFloatArray();
      NDArray estimate = out.get(3);
      NDArray images = Noise.of(scope, 3, Purpose.NOISE, 0, 2, 16, 16).clip(-1, 1);
      double distance = lpips.distance(scope, images, estimate).mean().getFloat();
      assertThat(losses[5]).isCloseTo((float) distance, within(1e-5f));
      assertThat(losses[6]).isBetween(0f, 2f);
      float[] flowTimes = {FlowSchedule.shifted(TIMES[0], 2), FlowSchedule.shifted(TIMES[1], 2)};
      NDArray logits = discriminator.logits(scope, estimate, scope.create(flowTimes));
      double verdict = logits.neg().exp().add(1).log().mean().getFloat();
      assertThat(losses[7]).isCloseTo((float) verdict, within(1e-5f));
      double sum =
          losses[1]
              + losses[2]
              + losses[3]
              + losses[4]
              + 0.5 * losses[5]
              + 0.4 * losses[6]
              + 0.3 * losses[7];
      assertThat((double) losses[0]).isCloseTo(sum, within(1e-5));
    }
  }

  @Test
  void loss_movesAlongItsGradient() {
    String name = "diff_decoder.net.blocks.0.cond_embed.0.weight";
    try (Weights weights = weights();
        Weights gradients = weights.zerosLike();
        Weights unused = weights.zerosLike();
        Tokenizer tokenizer = tokenizer(weights, TokenizerLosses.of(TRAINING))) {
      gradients(tokenizer, gradients);
      assertThat(gradients.arrays().get("diff_decoder.net.repa_out.0.weight").norm().getFloat())
          .isPositive();
      NDArray gradient = gradients.arrays().get(name);
      double length = gradient.norm().getFloat();
      NDArray move = gradient.mul((float) (SLOPE_STEP / length));
      NDArray weight = weights.arrays().get(name);
      weight.addi(move);
      double above = gradients(tokenizer, unused).get(0).toFloatArray()[0];
      weight.subi(move.mul(2));
      double below = gradients(tokenizer, unused).get(0).toFloatArray()[0];
      assertThat((above - below) / (2 * SLOPE_STEP)).isCloseTo(length, within(0.05 * length));
    }
  }

  @Test
  void checkpointing_changesNothing() {
    Machines.assumeRightConvolutions();
    TokenizerLosses plain = TokenizerLosses.of(TRAINING);
    TokenizerLosses checkpointed =
        new TokenizerLosses(true, 0, plain.discriminatorLayers(), plain.adversarial());
    Map<String, float[]> expected = new HashMap<>();
    for (TokenizerLosses losses : new TokenizerLosses[] {plain, checkpointed}) {
      try (Weights weights = weights();
          Weights gradients = weights.zerosLike();
          Tokenizer tokenizer = tokenizer(weights, losses)) {
        gradients(tokenizer, gradients);
        gradients
            .arrays()
            .forEach(
                (name, array) -> {
                  float[] values = array.toFloatArray();
                  float[] before = expected.putIfAbsent(name, values);
                  if (before != null && !name.endsWith("k_norm.bias")) {
                    assertThat(FeatureTests.gap(values, before)).as(name).isLessThan(1e-5);
                  }
                });
      }
    }
  }

  @Test
  void dropout_isTheSeeds() {
    TokenizerLosses dropping =
        new TokenizerLosses(false, 0.5, 2, TokenizerLosses.of(TRAINING).adversarial());
    try (Weights weights = weights();
        Weights gradients = weights.zerosLike();
        Tokenizer tokenizer = tokenizer(weights, dropping)) {
      float none = gradients(tokenizer, gradients).get(0).toFloatArray()[5];
      float one = gradients(tokenizer, gradients, 1, 2).get(0).toFloatArray()[5];
      float again = gradients(tokenizer, gradients, 1, 2).get(0).toFloatArray()[5];
      float other = gradients(tokenizer, gradients, 3, 4).get(0).toFloatArray()[5];
      assertThat(again).isEqualTo(one);
      assertThat(other).isNotEqualTo(one);
      assertThat(one).isCloseTo(none, within(0.2f * none));
    }
  }
}
