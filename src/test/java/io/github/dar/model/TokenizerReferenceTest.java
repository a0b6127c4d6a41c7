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
import io.github.dar.testing.Goldens;
import io.github.dar.testing.ReferenceTokenizer;
import io.github.dar.weights.HostTensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The tokenizer gives the reference's numbers (generated with its PyTorch code, float32). */
class TokenizerReferenceTest {

  private static Compute compute;
  private static Tokenizer tokenizer;
  private NDManager manager;

  @BeforeAll
  static void open() {
    compute = Compute.open("cpu", Precision.FP32, 1);
    tokenizer = ReferenceTokenizer.load(compute, ReferenceTokenizer.config());
  }

  @AfterAll
  static void close() {
    compute.close();
  }

  @BeforeEach
  void scope() {
    manager = compute.manager().newSubManager();
  }

  @AfterEach
  void endScope() {
    manager.close();
  }

  @Test
  void rotaryAngles_matchReference() {
    try (Goldens golden = Goldens.open("model/tokenizer/encode.safetensors")) {
      float[] matrices = golden.get("rope_patch").toFloats(); // [64, 32, 2, 2]: cos, -sin, sin, cos
      float[] pairs = RotaryEmbedding.grid(8, 8, 0, 10000);
      for (int i = 0; i < pairs.length / 2; i++) {
        assertThat(pairs[2 * i]).isEqualTo(matrices[4 * i]);
        assertThat(pairs[2 * i + 1]).isEqualTo(matrices[4 * i + 2]);
      }
    }
  }

  @Test
  void encodeAndConditions_matchReference() {
    try (Goldens golden = Goldens.open("model/tokenizer/encode.safetensors")) {
      NDArray images = golden.array(manager, "image");
      NDList encoded = tokenizer.encode(manager, images);
      float[] latents = encoded.get(0).transpose(0, 2, 1).toFloatArray();
      assertThat(Goldens.difference(latents, golden.get("latents").toFloats())).isLessThan(2e-5);
      assertThat(encoded.get(1).toLongArray()).isEqualTo(golden.get("codes").toLongs());
      NDArray quantized = tokenizer.quantize(manager, encoded.get(0));
      assertThat(
              Goldens.difference(
                  quantized.transpose(0, 2, 1).toFloatArray(), golden.get("quantized").toFloats()))
          .isLessThan(1e-5);
      NDArray entries = tokenizer.entries(manager, encoded.get(1));
      assertThat(
              Goldens.difference(
                  entries.transpose(0, 2, 1).toFloatArray(),
                  golden.get("codebook_entries").toFloats()))
          .isLessThan(1e-6);
      golden.assertClose(tokenizer.conditions(manager, quantized), "cond", 1e-5);
    }
  }

  @Test
  void conditionStream_incrementsOfAnySize_equalsAllAtOnce() {
    try (Goldens golden = Goldens.open("model/tokenizer/encode.safetensors");
        ConditionStream stream = tokenizer.conditionStream(2)) {
      NDArray codes = golden.array(manager, "codes");
      int[] ends = {1, 8, 24, 25, 64};
      int begin = 0;
      for (int end : ends) {
        stream.append(codes.get(":, " + begin + ":" + end));
        begin = end;
      }
      golden.assertClose(stream.window(manager, 0, 64), "cond", 1e-5);
    }
  }

  @Test
  void withoutCodebook_matchesReference() {
    try (Goldens golden = Goldens.open("model/tokenizer/encode.safetensors");
        Goldens state = Goldens.open("model/tokenizer/state.safetensors")) {
      TokenizerConfig config = ReferenceTokenizer.config("vq_enable=false");
      Map<String, HostTensor> tensors = ReferenceTokenizer.withAllRows(state.all());
      tensors.remove("quantize.embedding.weight");
      Weights weights =
          Weights.load(compute, Tokenizer.parameters(config), "state", tensors, Tokenizer.OPTIONAL);
      try (Tokenizer without = new Tokenizer(compute, config, weights)) {
        NDArray latents = without.latents(manager, golden.array(manager, "image"));
        NDArray quantized = without.quantize(manager, latents);
        assertThat(
                Goldens.difference(
                    quantized.transpose(0, 2, 1).toFloatArray(),
                    golden.get("novq_quantized").toFloats()))
            .isLessThan(2e-5);
        golden.assertClose(
            without.conditions(manager, quantized).get("0:1"), "novq_cond_image0", 2e-5);
      }
    }
  }

  @Test
  void velocityAndRepa_matchReference() {
    try (Goldens golden = Goldens.open("model/tokenizer/core.safetensors");
        Goldens decode = Goldens.open("model/tokenizer/decode.safetensors")) {
      NDArray noise = decode.array(manager, "noise");
      NDArray t = golden.array(manager, "t");
      NDArray cond = golden.array(manager, "cond");
      NDArray v = tokenizer.velocity(manager, noise, t, cond);
      golden.assertClose(v.get("0:1"), "velocity_image0", 1e-5);
      golden.assertClose(v.get("1:2, :, 32:96, 32:96"), "velocity_image1_crop", 1e-5);
      NDArray repa = tokenizer.repaFeatures(manager, noise, t, cond);
      NDArray every8 = repa.get("0:1, ::8");
      golden.assertClose(every8, "h_repa_every8", 1e-5);
    }
  }

  @Test
  void windows_matchReference() {
    try (Goldens golden = Goldens.open("model/tokenizer/windows.safetensors")) {
      long[] rows = golden.get("decode").toLongs();
      for (int i = 0; i < rows.length; i += 6) {
        TokenizerConfig config = layout((int) rows[i], (int) rows[i + 1], (int) rows[i + 2]);
        double time = (double) rows[i + 4] / rows[i + 3];
        assertThat(TokenWindows.beginSampling(config.tokens(), time))
            .as("row %d", i / 6)
            .isEqualTo((int) rows[i + 5]);
      }
      long[] combos = golden.get("combos").toLongs();
      float[] times = golden.get("encode_times").toFloats();
      long[] begins = golden.get("encode_begin").toLongs();
      for (int c = 0; c < combos.length / 4; c++) {
        TokenizerConfig config =
            layout((int) combos[4 * c], (int) combos[4 * c + 1], (int) combos[4 * c + 2]);
        for (int i = 0; i < times.length; i++) {
          assertThat(TokenWindows.beginTraining(config.tokens(), times[i]))
              .as("combo %d time %s", c, times[i])
              .isEqualTo((int) begins[c * times.length + i]);
        }
      }
    }
  }

  private static TokenizerConfig layout(int groups, int queries, int perStep) {
    return ReferenceTokenizer.config(
        "num_query_groups=" + groups, "num_all_queries=" + queries, "queries_per_step=" + perStep);
  }

  @Test
  void trainingLossesAndGradients_matchReference() {
    try (Goldens golden = Goldens.open("model/tokenizer/train.safetensors");
        Goldens encode = Goldens.open("model/tokenizer/encode.safetensors");
        Goldens decode = Goldens.open("model/tokenizer/decode.safetensors");
        Weights gradients = tokenizer.weights().zerosLike()) {
      float[] times = golden.get("time_steps").toFloats();
      NDList out =
          tokenizer.gradients(
              manager,
              encode.array(manager, "image"),
              decode.array(manager, "noise"),
              times,
              TokenizerPart.whole(tokenizer.config().tokens(), times),
              Yaml.parse("{}", "test", LossWeights.class),
              gradients);
      float[] losses = out.get(0).toFloatArray();
      assertThat(relative(losses[0], golden, "total")).isLessThan(1e-5);
      assertThat(relative(losses[1], golden, "vq_loss")).isLessThan(1e-5);
      assertThat(relative(losses[2], golden, "commit_loss")).isLessThan(1e-5);
      assertThat(relative(losses[4], golden, "diff_loss")).isLessThan(1e-5);
      assertThat(out.get(1).toLongArray()).isEqualTo(encode.get("codes").toLongs());
      golden.assertClose(out.get(2).get("0:1, :, 32:96, 32:96"), "xt_crop", 1e-5);
      golden.assertClose(out.get(3).get(":, :, 32:96, 32:96"), "predict_x1_crop", 1e-5);

      golden.all().keySet().stream()
          .filter(name -> name.startsWith("grad."))
          .forEach(
              name ->
                  golden.assertClose(
                      gradients.arrays().get(name.substring("grad.".length())), name, 1e-4));
      for (String name : List.of("query_embedding.weight", "decoder_embedding.weight")) {
        NDArray gradient = gradients.arrays().get(name);
        golden.assertClose(gradient.get("0:64"), "grad_head." + name, 1e-4);
        assertThat(gradient.get("64:").abs().sum().getFloat()).isZero();
      }
      String[] names = golden.metadata().get("grad_norms").split("\n");
      float[] norms = golden.get("grad_norms").toFloats();
      for (int i = 0; i < names.length; i++) {
        float norm = gradients.arrays().get(names[i]).norm().getFloat();
        // Zero in exact arithmetic where nothing rotates: only rounding noise is there to compare.
        if (norms[i] > 1e-6) {
          assertThat(Math.abs(norm - norms[i]) / norms[i]).as(names[i]).isLessThan(1e-3f);
        }
      }
    }
  }

  @Test
  void quantizerWithEntropy_matchesReference() {
    try (Goldens golden = Goldens.open("model/tokenizer/quantizer.safetensors")) {
      NDArray codebook = golden.array(manager, "codebook");
      NDArray z = golden.array(manager, "z"); // [2, 4, 8, 1, 150]
      NDArray last = golden.array(manager, "query_ids").get(":, -1:");
      double[] expected = golden.get("vq_commit_entropy_usage_dead").toDoubles();
      float[] ramp = new float[150];
      for (int i = 0; i < 150; i++) {
        ramp[i] = (-1 + 2 * i / 149f) / 150;
      }
      NDArray probe = manager.create(ramp, new Shape(1, 150, 1));
      for (int call = 0; call < 2; call++) {
        NDArray latents = z.get(call).reshape(4, 8, 150).transpose(0, 2, 1);
        NDList out =
            tokenizer.quantizerGradients(
                manager, latents, codebook, last, new float[] {1, 0.25f, 1, 0.1f}, probe);
        assertThat(out.get(0).toLongArray())
            .isEqualTo(golden.array(manager, "codes").get(call).toLongArray());
        float[] losses = out.get(2).toFloatArray();
        for (int i = 0; i < 3; i++) {
          assertThat((double) losses[i]).isCloseTo(expected[call * 5 + i], within(2e-5));
        }
        if (call == 0) {
          assertThat(
                  Goldens.difference(
                      out.get(3).transpose(0, 2, 1).toFloatArray(),
                      golden.get("grad_z_call0").toFloats()))
              .isLessThan(1e-4);
          golden.assertClose(out.get(4), "grad_codebook_call0", 1e-4);
        }
      }
    }
  }

  private static double relative(float value, Goldens golden, String name) {
    float expected = golden.get(name).toFloats()[0];
    return Math.abs(value - expected) / Math.abs(expected);
  }

  @Test
  void imageThatPatchesDontFill_namesBothSides() {
    NDArray image = manager.zeros(new Shape(1, 3, 120, 128));
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> tokenizer.latents(manager, image))
        .hasMessageContaining("128x120")
        .hasMessageContaining("encoder_patch_size (16)");
  }
}
