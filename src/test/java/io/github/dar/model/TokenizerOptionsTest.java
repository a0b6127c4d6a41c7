package io.github.dar.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.LossWeights;
import io.github.dar.config.Precision;
import io.github.dar.config.TokenizerConfig;
import io.github.dar.config.Yaml;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Purpose;
import io.github.dar.generate.Decoding;
import io.github.dar.generate.Denoiser;
import io.github.dar.generate.Noise;
import io.github.dar.testing.LivelyWeights;
import io.github.dar.testing.ReferenceTokenizer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every option of the published YAML that the reference's files have no numbers for: it encodes,
 * trains and decodes, and its gradients are the slopes of its loss.
 */
class TokenizerOptionsTest {

  private static final LossWeights LOSSES = Yaml.parse("{}", "test", LossWeights.class);
  private static final double SLOPE_STEP = 1e-2;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "query_low_rank=false",
        "diff_decoder.share_time_encoding=true",
        "diff_decoder.share_time_encoding=true diff_decoder.mlp_head=true",
        "vq_enable=false",
        "num_denoising_steps=5 num_query_groups=4",
        "num_query_groups=11 num_all_queries=55 queries_per_step=5",
        "num_encoder_layers=0 num_decoder_layers=0",
        "encoder_dim=64"
      })
  void option_encodesTrainsAndDecodes(String overrides) {
    TokenizerConfig config = ReferenceTokenizer.config(overrides.split(" "));
    try (Compute compute = Compute.open("cpu", Precision.FP32, 1);
        NDManager scope = compute.manager().newSubManager()) {
      Weights weights = LivelyWeights.of(compute, Tokenizer.parameters(config));
      Tokenizer tokenizer = new Tokenizer(compute, config, weights);
      NDArray images = Noise.of(scope, 3, Purpose.NOISE, 0, 2, 32, 64); // not square
      NDArray latents = tokenizer.latents(scope, images);
      int tokens = config.tokens().numAllQueries();
      assertThat(latents.getShape()).isEqualTo(new Shape(2, tokens, 8));

      NDArray conditions = tokenizer.conditions(scope, tokenizer.quantize(scope, latents));
      NDArray noise = Noise.of(scope, 4, Purpose.NOISE, 0, 2, 32, 64);
      int steps = config.tokens().numDenoisingSteps();
      NDArray decoded =
          Decoding.decode(
              scope, tokenizer, conditions, noise, steps, steps, Denoiser.Method.ADAMS2, null);
      assertThat(decoded.getShape()).isEqualTo(new Shape(2, 3, 32, 64));
      assertThat(decoded.toFloatArray()).doesNotContain(Float.NaN);

      assertSlope(scope, tokenizer, images, noise);
    }
  }

  /**
   * The loss after a small move along the gradient changes by the gradient's length times the move.
   */
  private static void assertSlope(
      NDManager scope, Tokenizer tokenizer, NDArray images, NDArray noise) {
    // Where the decoder alone moves, no code can change under the finite difference.
    String name = "diff_decoder.net.blocks.0.cond_embed.0.weight";
    float[] times = {0.3f, 0.8f};
    try (Weights gradients = tokenizer.weights().zerosLike();
        Weights unused = tokenizer.weights().zerosLike()) {
      tokenizer.gradients(
          scope,
          images,
          noise,
          times,
          TokenizerPart.whole(tokenizer.config().tokens(), times),
          LOSSES,
          gradients);
      NDArray gradient = gradients.arrays().get(name);
      double length = gradient.norm().getFloat();
      assertThat(length).isPositive();
      NDArray move = gradient.mul((float) (SLOPE_STEP / length));
      NDArray weight = tokenizer.weights().arrays().get(name);
      weight.addi(move);
      double above = loss(scope, tokenizer, images, noise, times, unused);
      weight.subi(move.mul(2));
      double below = loss(scope, tokenizer, images, noise, times, unused);
      weight.addi(move);
      assertThat((above - below) / (2 * SLOPE_STEP)).isCloseTo(length, within(0.05 * length));
    }
  }

  private static double loss(
      NDManager scope,
      Tokenizer tokenizer,
      NDArray images,
      NDArray noise,
      float[] times,
      Weights gradients) {
    NDList out =
        tokenizer.gradients(
            scope,
            images,
            noise,
            times,
            TokenizerPart.whole(tokenizer.config().tokens(), times),
            LOSSES,
            gradients);
    return out.get(0).toFloatArray()[0];
  }
}
