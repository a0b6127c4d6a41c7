package io.github.dar.model;

import io.github.dar.config.DiffusionDecoderConfig;
import io.github.dar.config.TokenLayout;
import io.github.dar.config.TokenizerConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * Names, shapes and first values of the tokenizer's tensors, in the reference's order (vq_model.py,
 * diff_decoder.py).
 */
final class TokenizerParameters {

  private static final double STD = 0.02;
  private static final int REPA_HIDDEN = 2048;
  private static final int REPA_FEATURES = 768;

  private final List<ParameterSpec> specs = new ArrayList<>();

  private TokenizerParameters() {}

  static List<ParameterSpec> of(TokenizerConfig config, boolean withRepa) {
    TokenizerParameters out = new TokenizerParameters();
    out.encoderAndConditions(config);
    out.diffusion(config.diffDecoder(), withRepa);
    return List.copyOf(out.specs);
  }

  private void encoderAndConditions(TokenizerConfig c) {
    long encoder = c.encoderDim();
    long decoder = c.decoderDim();
    long patch = c.encoderPatchSize();
    long vq = c.vq().vqDim();
    for (int i = 0; i < c.numEncoderLayers(); i++) {
      transformerBlock("encoder_layers." + i, encoder);
    }
    for (int i = 0; i < c.numDecoderLayers(); i++) {
      transformerBlock("decoder_layers." + i, decoder);
    }
    defaultLayer("patchify", true, encoder, 3, patch, patch);
    defaultLayer("quant_in_conv", false, vq, encoder, 1, 1);
    defaultLayer("quant_out_conv", false, decoder, vq, 1, 1);
    if (c.vq().vqEnable()) {
      specs.add(
          new ParameterSpec(
              "quantize.embedding.weight",
              ParameterSpec.Init.UNIT_ROWS,
              1,
              c.vq().vqCodebookSize(),
              vq));
    }
    if (c.queryLowRank()) {
      specs.add(ParameterSpec.truncated("query_embedding.weight", 1, TokenLayout.MAX_QUERIES, 8));
      defaultLayer("query_linear", true, encoder, 8);
    } else {
      specs.add(
          ParameterSpec.truncated("query_embedding.weight", STD, TokenLayout.MAX_QUERIES, encoder));
    }
    specs.add(
        ParameterSpec.truncated("decoder_embedding.weight", STD, TokenLayout.MAX_QUERIES, decoder));
  }

  private void diffusion(DiffusionDecoderConfig c, boolean withRepa) {
    String net = "diff_decoder.net.";
    long dim = c.dim();
    long pixels = 3L * c.patchSize() * c.patchSize();
    if (c.shareTimeEncoding()) {
      defaultLayer(net + "time_embed.mlp.0", true, dim, dim);
      defaultLayer(net + "time_embed.mlp.2", true, dim, dim);
    }
    defaultLayer(net + "cond_mlp", true, dim, c.condDim());
    defaultLayer(net + "conv_in", true, dim, pixels, 1, 1);
    if (c.mlpHead()) {
      zeroLinear(net + "linear_out.linear", pixels, dim);
      zeroLinear(net + "linear_out.adaLN_modulation.1", 2 * dim, dim);
    } else {
      specs.add(ParameterSpec.zeros(net + "conv_out.weight", pixels, dim, 1, 1));
      specs.add(ParameterSpec.zeros(net + "conv_out.bias", pixels));
    }
    for (int i = 0; i < c.depth(); i++) {
      sitBlock(net + "blocks." + i, dim, c.shareTimeEncoding());
    }
    if (withRepa) {
      defaultLayer(net + "repa_out.0", true, REPA_HIDDEN, dim);
      defaultLayer(net + "repa_out.2", true, REPA_HIDDEN, REPA_HIDDEN);
      defaultLayer(net + "repa_out.4", true, REPA_FEATURES, REPA_HIDDEN);
    }
  }

  private void transformerBlock(String p, long dim) {
    specs.add(ParameterSpec.zeros(p + ".gate1", dim));
    specs.add(ParameterSpec.zeros(p + ".gate2", dim));
    attention(p + ".attention", dim);
    linear(p + ".mlp.fc1", 4 * dim, dim);
    linear(p + ".mlp.fc2", dim, 4 * dim);
    norm(p + ".norm1", dim);
    norm(p + ".norm2", dim);
  }

  private void sitBlock(String p, long dim, boolean sharedTime) {
    attention(p + ".attention", dim);
    attention(p + ".cross_attn", dim);
    linear(p + ".mlp.fc1", 4 * dim, dim);
    linear(p + ".mlp.fc2", dim, 4 * dim);
    zeroLinear(p + ".adaLN_modulation.1", 6 * dim, dim);
    if (!sharedTime) {
      linear(p + ".time_embed.mlp.0", dim, dim);
      linear(p + ".time_embed.mlp.2", dim, dim);
    }
    linear(p + ".cond_embed.0", dim, dim);
    linear(p + ".cond_embed.2", dim, dim);
  }

  private void attention(String p, long dim) {
    linear(p + ".q", dim, dim);
    linear(p + ".k", dim, dim);
    linear(p + ".v", dim, dim);
    norm(p + ".q_norm", TokenizerConfig.HEAD_SIZE);
    norm(p + ".k_norm", TokenizerConfig.HEAD_SIZE);
    linear(p + ".proj", dim, dim);
  }

  private void linear(String p, long out, long in) {
    specs.add(ParameterSpec.truncated(p + ".weight", STD, out, in));
    specs.add(ParameterSpec.zeros(p + ".bias", out));
  }

  private void zeroLinear(String p, long out, long in) {
    specs.add(ParameterSpec.zeros(p + ".weight", out, in));
    specs.add(ParameterSpec.zeros(p + ".bias", out));
  }

  private void norm(String p, long width) {
    specs.add(ParameterSpec.ones(p + ".weight", width));
    specs.add(ParameterSpec.zeros(p + ".bias", width));
  }

  /**
   * A layer that the reference leaves at PyTorch's own initialisation: uniform in 1 / sqrt(fan-in).
   */
  private void defaultLayer(String p, boolean bias, long... shape) {
    long fanIn = 1;
    for (int i = 1; i < shape.length; i++) {
      fanIn *= shape[i];
    }
    double bound = 1 / Math.sqrt(fanIn);
    specs.add(ParameterSpec.uniform(p + ".weight", bound, shape));
    if (bias) {
      specs.add(ParameterSpec.uniform(p + ".bias", bound, shape[0]));
    }
  }
}
