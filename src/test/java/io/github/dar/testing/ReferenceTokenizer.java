package io.github.dar.testing;

import io.github.dar.config.TokenLayout;
import io.github.dar.config.TokenizerConfig;
import io.github.dar.config.Yaml;
import io.github.dar.engine.Compute;
import io.github.dar.model.Tokenizer;
import io.github.dar.model.Weights;
import io.github.dar.weights.HostTensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The small tokenizer with random weights that the reference's numbers were made with. */
public final class ReferenceTokenizer {

  private static final String CONFIG =
      """
      encoder_patch_size: 16
      num_encoder_layers: 2
      num_decoder_layers: 2
      query_low_rank: true
      encoder_dim: 128
      decoder_dim: 128
      vq_dim: 8
      vq_codebook_size: 512
      num_denoising_steps: 8
      num_query_groups: 8
      num_all_queries: 64
      queries_per_step: 8
      vq_enable: true
      sampling_resolution: 128
      diff_decoder: {in_dim: 3, out_dim: 3, dim: 128, cond_dim: 128, patch_size: 8, depth: 3, data_std: 0.6,
        time_shift: 2, mlp_head: false, share_time_encoding: false, repa_layer: 2}
      """;

  private ReferenceTokenizer() {}

  public static TokenizerConfig config(String... overrides) {
    return Yaml.parse(CONFIG, "test", TokenizerConfig.class, List.of(overrides));
  }

  public static Tokenizer load(Compute compute, TokenizerConfig config) {
    try (Goldens state = Goldens.open("model/tokenizer/state.safetensors")) {
      Map<String, HostTensor> tensors = withAllRows(state.all());
      String repa = "diff_decoder.net.repa_out.";
      tensors.put(repa + "0.weight", Goldens.formula(1001, -3, 0, 2048, 128));
      tensors.put(repa + "0.bias", Goldens.formula(1002, -4, 0, 2048));
      tensors.put(repa + "2.weight", Goldens.formula(1003, -5, 0, 2048, 2048));
      tensors.put(repa + "2.bias", Goldens.formula(1004, -4, 0, 2048));
      tensors.put(repa + "4.weight", Goldens.formula(1005, -5, 0, 768, 2048));
      tensors.put(repa + "4.bias", Goldens.formula(1006, -4, 0, 768));
      Weights weights =
          Weights.load(
              compute,
              Tokenizer.parameters(config, true),
              "state.safetensors",
              tensors,
              Tokenizer.OPTIONAL);
      return new Tokenizer(compute, config, weights);
    }
  }

  /** The file keeps the 64 rows that are used of the two tables of 1024. */
  public static Map<String, HostTensor> withAllRows(Map<String, HostTensor> state) {
    Map<String, HostTensor> out = new LinkedHashMap<>(state);
    for (String name : List.of("query_embedding.weight", "decoder_embedding.weight")) {
      HostTensor used = state.get(name);
      int width = (int) used.shape()[1];
      float[] all = Arrays.copyOf(used.toFloats(), TokenLayout.MAX_QUERIES * width);
      out.put(name, HostTensor.of(all, TokenLayout.MAX_QUERIES, width));
    }
    return out;
  }
}
