package io.github.dar.bench;

import io.github.dar.config.TokenizerConfig;
import io.github.dar.config.TransformerConfig;
import io.github.dar.model.ParameterSpec;
import io.github.dar.model.Tokenizer;

/**
 * Multiplications and additions of the networks' matrix products, each counted as one: twice the
 * weights that a row of activations meets, plus attention's two products. Causal attention counts
 * for half, as the other half need not be computed; look-ups, norms and what goes element by
 * element don't count. A backward pass takes twice the forward pass: each product has two
 * gradients. So a training step is 6 times weights times tokens, and attention.
 */
final class Flops {

  /** A forward pass and the two products of each product's way back. */
  private static final int TRAINING = 3;

  private static final String DIFFUSION = "diff_decoder.net.";

  private Flops() {}

  /** Weights of the transformer that multiply: its blocks and the output layer. */
  static long weights(TransformerConfig c) {
    long attention =
        (long) c.dim() * (c.nHead() + 2L * c.nKvHead()) * c.headDim() + (long) c.dim() * c.dim();
    long feedForward = 3L * c.dim() * c.hiddenDim();
    return c.nLayer() * (attention + feedForward) + (long) c.sequence().vocabSize() * c.dim();
  }

  /** All learned values of a tokenizer. */
  static long parameters(TokenizerConfig c) {
    return Tokenizer.parameters(c).stream().mapToLong(ParameterSpec::elements).sum();
  }

  /** The logits of n tokens an image in one pass. */
  static double forward(TransformerConfig c, int images, int n) {
    double attention = 2.0 * c.nLayer() * n * n * c.dim(); // causal: half of 4 n^2 D
    return images * (2.0 * weights(c) * n + attention);
  }

  /** A training step of whole images. */
  static double training(TransformerConfig c, int images) {
    return TRAINING * forward(c, images, c.sequence().blockSize());
  }

  /** One token of each row, by the cache, with {@code before} tokens before it. */
  static double decoding(TransformerConfig c, int rows, double before) {
    return rows * (2.0 * weights(c) + 4.0 * c.nLayer() * (before + 1) * c.dim());
  }

  /**
   * What decoding a token has to read: all weights that multiply, once for all rows, and the keys
   * and values of each row.
   *
   * @param weightBytes of a weight: 1, 2 or 4
   * @param cacheBytes of a number of the caches: 2 or 4
   */
  static double decodingBytes(
      TransformerConfig c, int rows, double before, int weightBytes, int cacheBytes) {
    double caches = 2.0 * rows * c.nLayer() * c.nKvHead() * c.headDim() * (before + 1);
    return weightBytes * weights(c) + cacheBytes * caches;
  }

  /**
   * One denoising step.
   *
   * @param size side of the images in pixels
   */
  static double denoising(TokenizerConfig c, int images, int size) {
    double tokens = patches(size, c.diffDecoder().patchSize());
    int queries = c.tokens().queriesPerStep();
    double sum =
        4.0 * c.diffDecoder().depth() * tokens * (tokens + queries) * c.diffDecoder().dim();
    for (ParameterSpec spec : Tokenizer.parameters(c)) {
      if (spec.name().startsWith(DIFFUSION) && multiplies(spec)) {
        sum += 2.0 * spec.elements() * diffusionRows(spec.name(), tokens, queries);
      }
    }
    return images * sum;
  }

  /** A training step of the tokenizer without the networks that judge. */
  static double training(TokenizerConfig c, int images, int size) {
    double patches = patches(size, c.encoderPatchSize());
    double queries = c.tokens().numAllQueries();
    double all = patches + queries;
    double sum =
        4.0 * c.numEncoderLayers() * all * all * c.encoderDim()
            + 2.0 * c.numDecoderLayers() * queries * queries * c.decoderDim(); // causal
    for (ParameterSpec spec : Tokenizer.parameters(c)) {
      if (!spec.name().startsWith(DIFFUSION) && multiplies(spec)) {
        double rows =
            spec.name().startsWith("encoder_layers.")
                ? all
                : spec.name().startsWith("patchify.") ? patches : queries;
        sum += 2.0 * spec.elements() * rows;
      }
    }
    return TRAINING * (images * sum + denoising(c, images, size));
  }

  private static double patches(int size, int patch) {
    double side = (double) size / patch;
    return side * side;
  }

  /** A matrix, and no table that is looked up. */
  private static boolean multiplies(ParameterSpec spec) {
    return spec.shape().length > 1 && !spec.name().contains("embedding");
  }

  /** How many rows meet a matrix: pixels' patches T, a step's tokens Q, or the time alone. */
  private static double diffusionRows(String name, double tokens, int queries) {
    if (name.contains("time_embed") || name.contains("linear_out.adaLN")) {
      return 1;
    }
    boolean condition =
        name.contains("cond_mlp")
            || name.contains("cond_embed")
            || name.contains("cross_attn.k.")
            || name.contains("cross_attn.v.");
    return condition ? queries : tokens;
  }
}
