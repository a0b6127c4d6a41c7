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
import io.github.dar.generate.Noise;
import io.github.dar.testing.Goldens;
import io.github.dar.testing.LivelyWeights;
import io.github.dar.testing.Naive;
import io.github.dar.weights.HostTensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tokenizer kernel against a twin: the same networks in plain loops and double arithmetic. */
class TokenizerTwinTest {

  private static final String CONFIG =
      """
      {encoder_patch_size: 8, num_encoder_layers: 2, num_decoder_layers: 2, encoder_dim: 64, decoder_dim: 64,
       vq_dim: 4, vq_codebook_size: 11, num_denoising_steps: 4, num_query_groups: 4, num_all_queries: 8,
       queries_per_step: 2, sampling_resolution: 24,
       diff_decoder: {dim: 64, cond_dim: 64, patch_size: 4, depth: 2, data_std: 0.6, time_shift: 2}}
      """;

  private static final LossWeights LOSSES =
      Yaml.parse("{commitment: 0.25, entropy: 0.1}", "test", LossWeights.class);

  private static final float[] TIMES = {0.35f, 0.8f};

  @ParameterizedTest
  @CsvSource({
    "fp32, 16, 24, 1e-4, num_encoder_layers=2",
    "fp32, 24, 8, 1e-4, query_low_rank=false decoder_dim=128 diff_decoder.cond_dim=128",
    "fp32, 8, 8, 1e-4, vq_enable=false",
    "fp32, 16, 16, 1e-4, diff_decoder.share_time_encoding=true",
    "fp32, 16, 8, 1e-4, diff_decoder.share_time_encoding=true diff_decoder.mlp_head=true",
    "fp32, 16, 16, 1e-4, encoder_dim=128 diff_decoder.dim=128 diff_decoder.time_shift=1",
    "fp32, 16, 16, 1e-4, num_query_groups=3 num_all_queries=11 queries_per_step=3",
    "bf16, 16, 24, 0.1, num_encoder_layers=2",
  })
  void networksAndLosses_equalTwin(
      String precision, int height, int width, double tolerance, String overrides) {
    TokenizerConfig config =
        Yaml.parse(CONFIG, "test", TokenizerConfig.class, List.of(overrides.split(" ")));
    Precision wanted = precision.equals("fp32") ? Precision.FP32 : Precision.AUTO;
    try (Compute compute = Compute.open("cpu", wanted, 1);
        NDManager scope = compute.manager().newSubManager();
        Weights weights = LivelyWeights.of(compute, Tokenizer.parameters(config));
        Weights gradients = weights.zerosLike();
        Tokenizer tokenizer = new Tokenizer(compute, config, weights)) {
      NDArray images = Noise.of(scope, 3, Purpose.NOISE, 0, 2, height, width).clip(-1, 1);
      NDArray noise = Noise.of(scope, 4, Purpose.NOISE, 0, 2, height, width);
      NaiveTokenizer twin = new NaiveTokenizer(config, values(weights), height, width);

      NDArray latents = tokenizer.latents(scope, images);
      NDArray quantized = tokenizer.quantize(scope, latents);
      NDArray conditions = tokenizer.conditions(scope, quantized);
      // What the kernel made goes on into the twin, so that a near tie of codes can't part them.
      double[][][] z = {rows(latents, 0), rows(latents, 1)};
      for (int b = 0; b < 2; b++) {
        assertClose(latents.get(b), tolerance, twin.latents(image(images, b)));
        assertClose(quantized.get(b), tolerance, twin.quantized(z[b]));
        assertClose(conditions.get(b), tolerance, twin.conditions(rows(quantized, b)));
      }

      TokenizerPart whole = TokenizerPart.whole(config.tokens(), TIMES);
      NDList out = tokenizer.gradients(scope, images, noise, TIMES, whole, LOSSES, gradients);
      float[] losses = out.get(0).toFloatArray();
      double[] expected = new Losses(config, twin, z).of(images, noise);
      assertThat((double) losses[1])
          .as("codebook")
          .isCloseTo(expected[0], near(expected[0], tolerance));
      assertThat((double) losses[2])
          .as("commitment")
          .isCloseTo(expected[1], near(expected[1], tolerance));
      assertThat((double) losses[3])
          .as("entropy")
          .isCloseTo(expected[2], near(expected[2], tolerance));
      assertThat((double) losses[4])
          .as("flow")
          .isCloseTo(expected[3], near(expected[3], tolerance));
    }
  }

  private static org.assertj.core.data.Offset<Double> near(double expected, double tolerance) {
    return within(tolerance * (1e-2 + Math.abs(expected)));
  }

  /** The training losses of method sections 4, 6 and 7, and the reference's entropy term. */
  private record Losses(TokenizerConfig config, NaiveTokenizer twin, double[][][] latents) {

    /** Codebook, commitment, entropy, flow. */
    double[] of(NDArray images, NDArray noise) {
      double std = config.diffDecoder().flow().dataStd();
      double shift = config.diffDecoder().flow().timeShift();
      int each = config.tokens().queriesPerStep();
      int tokens = config.tokens().numAllQueries();
      double pulled = 0;
      int seen = 0;
      double flow = 0;
      for (int b = 0; b < TIMES.length; b++) {
        double group = Math.floor(TIMES[b] * config.tokens().numQueryGroups() + 0.5);
        int begin = (int) (group / config.tokens().numQueryGroups() * tokens + 1e-6);
        begin = Math.min(begin, tokens - each);
        for (int n = 0; n < begin + each; n++, seen++) {
          double[] e = twin.quantized(latents[b])[n];
          pulled += NaiveTokenizer.distance(e, NaiveTokenizer.unit(latents[b][n])) / e.length;
        }
        double[][] conditions = twin.conditions(twin.quantized(latents[b]));
        double[][] window = new double[each][];
        System.arraycopy(conditions, begin, window, 0, each);
        double t = TIMES[b] / (TIMES[b] + shift * (1 - TIMES[b]));
        double[] x1 = image(images, b);
        double[] x0 = image(noise, b);
        double[] xt = new double[x1.length];
        for (int i = 0; i < xt.length; i++) {
          xt[i] = t * std * x1[i] + (1 - t) * x0[i];
        }
        double[] v = twin.velocity(xt, t, window);
        for (int i = 0; i < v.length; i++) {
          double miss = v[i] - (std * x1[i] - x0[i]);
          flow += miss * miss / (std * std) / v.length / TIMES.length;
        }
      }
      if (!config.vq().vqEnable()) {
        return new double[] {0, 0, 0, flow};
      }
      return new double[] {pulled / seen, 0.25 * pulled / seen, 0.1 * entropy(), flow};
    }

    private double entropy() {
      int codes = config.vq().vqCodebookSize();
      int count = latents.length * latents[0].length;
      double[] mean = new double[codes];
      double own = 0;
      for (double[][] image : latents) {
        for (double[] latent : image) {
          double[] p = new double[codes];
          double sum = 0;
          for (int code = 0; code < codes; code++) {
            double d = NaiveTokenizer.distance(NaiveTokenizer.unit(latent), twin.entry(code));
            p[code] = Math.exp(-d / 0.01);
            sum += p[code];
          }
          for (int code = 0; code < codes; code++) {
            double share = p[code] / sum;
            own -= share > 0 ? share * Math.log(share) / count : 0;
            mean[code] += share / count;
          }
        }
      }
      double all = 0;
      for (double share : mean) {
        all -= share * Math.log(share + 1e-5);
      }
      return own - all;
    }
  }

  private static Map<String, HostTensor> values(Weights weights) {
    Map<String, HostTensor> out = new HashMap<>();
    weights
        .arrays()
        .forEach(
            (name, array) ->
                out.put(name, HostTensor.of(array.toFloatArray(), array.getShape().getShape())));
    return out;
  }

  private static double[] image(NDArray images, int index) {
    float[] values = images.get(index).toFloatArray();
    return Naive.doubles(values, 0, values.length);
  }

  private static double[][] rows(NDArray all, int index) {
    Shape shape = all.getShape();
    float[] values = all.get(index).toFloatArray();
    int width = (int) shape.get(2);
    double[][] out = new double[(int) shape.get(1)][];
    for (int n = 0; n < out.length; n++) {
      out[n] = Naive.doubles(values, n * width, width);
    }
    return out;
  }

  private static void assertClose(NDArray actual, double tolerance, double[][] expected) {
    assertThat(Goldens.difference(actual.toFloatArray(), Naive.floats(expected)))
        .isLessThan(tolerance);
  }
}
