package io.github.dar.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.github.dar.config.LossWeights;
import io.github.dar.config.OptimizerConfig;
import io.github.dar.config.Precision;
import io.github.dar.config.TokenizerConfig;
import io.github.dar.config.TransformerConfig;
import io.github.dar.config.Yaml;
import io.github.dar.engine.Compute;
import io.github.dar.model.ParameterSpec;
import io.github.dar.model.Tokenizer;
import io.github.dar.model.TokenizerPart;
import io.github.dar.model.Transformer;
import io.github.dar.model.Weights;
import io.github.dar.testing.Goldens;
import io.github.dar.testing.ReferenceTokenizer;
import io.github.dar.weights.HostTensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * A few updates of both trainings end where the reference's end: losses, norms, weights, averages.
 */
class TrajectoryReferenceTest {

  private static final OptimizerConfig TOKENIZER_OPTIMIZER =
      new OptimizerConfig(List.of(0.9, 0.95), 1e-8, 0, 1, 0.999, 0);
  private static final OptimizerConfig AR_OPTIMIZER =
      new OptimizerConfig(List.of(0.9, 0.95), 1e-8, 0.05, 1, 0.9999, 0);

  @Test
  void tokenizer_fourUpdates_matchReference() {
    TokenizerConfig config =
        ReferenceTokenizer.config(
            "num_encoder_layers=1",
            "num_decoder_layers=1",
            "encoder_dim=64",
            "decoder_dim=64",
            "vq_codebook_size=64",
            "num_denoising_steps=4",
            "num_query_groups=4",
            "num_all_queries=16",
            "queries_per_step=4",
            "diff_decoder.dim=64",
            "diff_decoder.cond_dim=64",
            "diff_decoder.depth=2",
            "diff_decoder.repa_layer=8");
    List<ParameterSpec> specs = Tokenizer.parameters(config);
    LossWeights losses = Yaml.parse("{}", "test", LossWeights.class);
    try (Compute compute = Compute.open("cpu", Precision.FP32, 1);
        Goldens golden = Goldens.open("model/tok_trajectory.safetensors");
        Weights weights = initial(compute, specs, 50100);
        Tokenizer tokenizer = new Tokenizer(compute, config, weights);
        AdamW optimizer = new AdamW(compute, TOKENIZER_OPTIMIZER, weights, name -> true)) {
      NDManager manager = compute.manager();
      NDArray images = golden.array(manager, "images");
      for (int step = 0; step < 4; step++) {
        NDArray noise = golden.array(manager, "noise").get(step);
        float[] times =
            Arrays.copyOfRange(golden.get("time_steps").toFloats(), 2 * step, 2 * step + 2);
        NDList out =
            tokenizer.gradients(
                manager,
                images,
                noise,
                times,
                TokenizerPart.whole(config.tokens(), times),
                losses,
                optimizer.gradients());
        double norm = optimizer.gradientNorm();
        float[] named = out.get(0).toFloatArray();
        close(named[0], golden, "loss", step);
        close(named[1], golden, "vq", step);
        close(named[2], golden, "commit", step);
        close(named[4], golden, "diff", step);
        close(norm, golden, "norm", step);
        long[] codes = Arrays.copyOfRange(golden.get("codes").toLongs(), 32 * step, 32 * step + 32);
        assertThat(out.get(1).toLongArray()).isEqualTo(codes);
        optimizer.step(step + 1, 1e-3, norm);
      }
      compare(golden, weights, optimizer, specs);
    }
  }

  @Test
  void transformer_sixUpdates_matchReference() {
    TransformerConfig config =
        Yaml.parse(
            """
            {dim: 64, n_layer: 2, n_head: 1, multiple_of: 64, vocab_size: 64, block_size: 16, num_classes: 5,
             class_dropout_prob: 0.1, token_dropout_p: 0, resid_dropout_p: 0, ffn_dropout_p: 0}
            """,
            "test",
            TransformerConfig.class);
    List<ParameterSpec> specs = Transformer.parameters(config);
    try (Compute compute = Compute.open("cpu", Precision.FP32, 1);
        Goldens golden = Goldens.open("model/ar/ar_trajectory.safetensors");
        Weights weights = initial(compute, specs, 30100);
        Transformer transformer = new Transformer(compute, config, weights);
        AdamW optimizer =
            new AdamW(
                compute,
                AR_OPTIMIZER,
                weights,
                name -> weights.arrays().get(name).getShape().dimension() >= 2)) {
      long[] tokens = golden.get("tokens").toLongs();
      long[] classes = golden.get("class_ids").toLongs();
      for (int step = 0; step < 6; step++) {
        long[][] rows = new long[4][];
        for (int i = 0; i < 4; i++) {
          int at = (step * 4 + i) * 16;
          rows[i] = Arrays.copyOfRange(tokens, at, at + 16);
        }
        long[] labels = Arrays.copyOfRange(classes, step * 4, step * 4 + 4);
        var losses =
            transformer.gradients(
                compute.manager(), labels, rows, new long[0], 1, optimizer.gradients());
        double norm = optimizer.gradientNorm();
        close(losses.mean().getFloat(), golden, "losses", step);
        close(norm, golden, "grad_norms", step);
        optimizer.step(step + 1, 1e-3, norm);
      }
      compare(golden, weights, optimizer, specs);
    }
  }

  private static void close(double value, Goldens golden, String name, int step) {
    double expected = golden.get(name).toFloats()[step];
    assertThat(Math.abs(value - expected) / expected)
        .as("%s, step %d", name, step)
        .isLessThan(1e-4);
  }

  private static void compare(
      Goldens golden, Weights weights, AdamW optimizer, List<ParameterSpec> specs) {
    golden.all().keySet().stream()
        .filter(name -> name.startsWith("final.") || name.startsWith("ema."))
        .forEach(
            name -> {
              Weights of = name.startsWith("ema.") ? optimizer.average() : weights;
              NDArray array = of.arrays().get(name.substring(name.indexOf('.') + 1));
              golden.assertClose(array, name, 1e-4);
            });
    float[] norms = golden.get("final_l2").toFloats();
    for (int i = 0; i < norms.length; i++) {
      String name = specs.get(i).name();
      // Adam blows up rounding noise where the true gradient is zero: method section 13.
      if (!name.endsWith("k_norm.bias")) {
        float norm = weights.arrays().get(name).norm().getFloat();
        assertThat(Math.abs(norm - norms[i]) / norms[i]).as(name).isLessThan(1e-4f);
      }
    }
  }

  /** Parameters by the formula of the reference's README: seeds count up, scales by kind. */
  private static Weights initial(Compute compute, List<ParameterSpec> specs, int firstSeed) {
    Map<String, HostTensor> values = new LinkedHashMap<>();
    for (int i = 0; i < specs.size(); i++) {
      ParameterSpec spec = specs.get(i);
      boolean normWeight =
          spec.name().endsWith("norm.weight") || spec.name().matches(".*norm[12].weight");
      values.put(
          spec.name(),
          Goldens.formula(firstSeed + i, exponent(spec.name()), normWeight ? 1 : 0, spec.shape()));
    }
    return Weights.load(compute, specs, "formula", values, List.of());
  }

  private static int exponent(String name) {
    if (name.contains("embedding")
        || name.contains("gate")
        || name.equals("quant_out_conv.weight")
        || name.equals("query_linear.weight")) {
      return 0;
    }
    if (name.equals("output.weight")) {
      return -1;
    }
    if (name.equals("patchify.weight")) {
      return -4;
    }
    boolean third =
        name.endsWith("bias")
            || name.contains("norm")
            || name.contains("mlp.fc2")
            || name.contains("feed_forward.w2")
            || name.contains("conv_in.weight") && name.startsWith("diff");
    return third ? -3 : -2;
  }
}
