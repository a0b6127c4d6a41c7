package io.github.dar.model;

import io.github.dar.config.DiffusionDecoderConfig;
import io.github.dar.config.LossWeights;
import io.github.dar.config.TokenizerConfig;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Kernel;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the tokenizer's kernel text is told: which pieces it needs, and the constants of a model.
 */
final class TokenizerKernel {

  private TokenizerKernel() {}

  static Kernel load(Compute compute, TokenizerConfig config, TokenizerLosses losses) {
    DiffusionDecoderConfig diffusion = config.diffDecoder();
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("dt", compute.dtype());
    out.put("encoder_layers", config.numEncoderLayers());
    out.put("decoder_layers", config.numDecoderLayers());
    out.put("depth", diffusion.depth());
    out.put("queries", config.tokens().numAllQueries());
    out.put("queries_per_step", config.tokens().queriesPerStep());
    out.put("patch", diffusion.patchSize());
    out.put("repa_layer", diffusion.repaLayer());
    out.put("low_rank", config.queryLowRank());
    out.put("vq", config.vq().vqEnable());
    out.put("mlp_head", diffusion.mlpHead());
    out.put("share_time", diffusion.shareTimeEncoding());
    out.put("data_std", diffusion.flow().dataStd());
    out.put("time_shift", diffusion.flow().timeShift());
    out.put("w", Map.of());
    out.put("checkpointing", losses.checkpointing());
    out.put("lpips_dropout", losses.lpipsDropout());
    out.put("gan_layers", losses.discriminatorLayers());
    out.put("gan_kind", losses.adversarial().number());
    return Kernel.load(
        compute.manager(),
        out,
        Kernel.linear(compute),
        "blocks",
        "checkpointing",
        "dropout",
        "vgg",
        "lpips",
        "repa",
        "patchgan",
        "tokenizer");
  }

  /** The weights of the losses in the order of the text. */
  static float[] factors(LossWeights losses) {
    return new float[] {
      (float) losses.codebook(),
      (float) losses.commitment(),
      (float) losses.flow(),
      (float) losses.entropy(),
      (float) losses.lpips(),
      (float) losses.repa(),
      (float) losses.gan()
    };
  }
}
