package io.github.dar.testing;

import io.github.dar.config.RunConfig;
import io.github.dar.config.Yaml;
import io.github.dar.features.FeatureFiles;
import io.github.dar.fetch.WeightsFolder;
import java.nio.file.Path;
import java.util.List;

/** The smallest configuration that trains both stages. */
public final class TinyRun {

  private static final String YAML =
      """
      image_size: 16
      tokenizer:
        encoder_patch_size: 8
        num_encoder_layers: 1
        num_decoder_layers: 1
        encoder_dim: 64
        decoder_dim: 64
        vq_dim: 8
        vq_codebook_size: 16
        num_denoising_steps: 4
        num_query_groups: 4
        num_all_queries: 8
        sampling_resolution: 16
        diff_decoder: {dim: 64, cond_dim: 64, patch_size: 8, depth: 1, data_std: 0.6, time_shift: 2}
      ar: {dim: 64, n_layer: 1, n_head: 1, multiple_of: 64, vocab_size: 16, block_size: 8, num_classes: 1000}
      tokenizer_training:
        {batch: 4, accumulate: 2, steps: 6, lr: 1e-3, warmup_steps: 2, ema: 0.9, log_every: 2, sample_every: 3,
         save_every: 3, fit: random_crop, flip: true, precision: fp32, losses: {entropy: 0.05}}
      ar_training:
        {batch: 4, accumulate: 2, steps: 6, lr: 1e-3, warmup_steps: 2, ema: 0.9, weight_decay: 0.05, muon: 2, log_every: 2,
         sample_every: 3, save_every: 3, precision: fp32}
      """;

  private TinyRun() {}

  /** A folder without weights: a tiny run needs none. */
  public static FeatureFiles files() {
    return new FeatureFiles(new WeightsFolder(Path.of("no-weights-here")));
  }

  public static RunConfig config(String... overrides) {
    return Yaml.parse(YAML, "tiny", RunConfig.class, List.of(overrides));
  }
}
