package io.github.dar.bench;

import io.github.dar.config.DiffusionDecoderConfig;
import io.github.dar.config.FlowConfig;
import io.github.dar.config.ModelConfig;
import io.github.dar.config.QuantizerConfig;
import io.github.dar.config.TokenLayout;
import io.github.dar.config.TokenizerConfig;
import io.github.dar.config.TransformerConfig;
import io.github.dar.model.ModelFolder;
import java.util.List;
import java.util.Optional;

/**
 * Whose networks are measured: a model's, or those of a published size with random weights.
 *
 * @param name in words
 * @param config of the whole model
 * @param folder where its weights lie; none for random ones
 * @param memory bytes of this machine, which decide how many layers of the transformer are made
 */
public record BenchModel(
    String name, ModelConfig config, Optional<ModelFolder> folder, long memory) {

  /** Of a weight, in float32 and once more as it is multiplied, in float32 at the most. */
  private static final int WEIGHT_BYTES = 8;

  /** Of the memory, for one network: the rest of the program and of the machine needs some. */
  private static final double MEMORY_PART = 0.4;

  /**
   * A published size with the published tokenizer.
   *
   * @param size B, L, XL or XXL
   * @param memory bytes of this machine
   */
  public static BenchModel published(String size, long memory) {
    TransformerConfig ar = TransformerConfig.preset(size);
    ModelConfig config =
        new ModelConfig(
            256, Optional.of(publishedTokenizer()), Optional.of(ar), List.of(), Optional.empty());
    return new BenchModel("size " + size, config, Optional.empty(), memory);
  }

  /** A model with its own weights. */
  public static BenchModel of(ModelFolder folder) {
    return new BenchModel(
        folder.path().toString(), folder.config(), Optional.of(folder), Long.MAX_VALUE);
  }

  /** The tokenizer of configs/tokenizer-v1.yaml. */
  private static TokenizerConfig publishedTokenizer() {
    return new TokenizerConfig(
        16,
        8,
        8,
        true,
        768,
        768,
        new QuantizerConfig(8, 16384, true),
        new TokenLayout(256, 8, 32, 8),
        256,
        0,
        10000,
        new DiffusionDecoderConfig(
            3, 3, 768, 768, 8, 12, new FlowConfig(0.6, 2), false, false, 8, 10000, true));
  }

  /** The tokenizer that is there with its weights. */
  Optional<TokenizerConfig> tokenizer() {
    boolean there = folder.isEmpty() || folder.get().hasTokenizer();
    return config.tokenizer().filter(part -> there && part.vq().vqEnable());
  }

  /** The transformer that is there with its weights. */
  Optional<TransformerConfig> transformer() {
    boolean there = folder.isEmpty() || folder.get().hasTransformer();
    return config.ar().filter(part -> there);
  }

  /** The transformer that generates: all its layers, if the memory has room for them. */
  Optional<TransformerConfig> inferring() {
    return transformer()
        .map(
            whole -> {
              double room = MEMORY_PART * memory / WEIGHT_BYTES - whole.parameterCount();
              TransformerConfig one = withLayers(whole, 1);
              TransformerConfig two = withLayers(whole, 2);
              double layer = two.parameterCount() - one.parameterCount();
              int tooMany = room >= 0 ? 0 : (int) Math.ceil(-room / layer);
              return withLayers(whole, Math.max(1, whole.nLayer() - tooMany));
            });
  }

  /** The first layers of a transformer; all if there are fewer. */
  static TransformerConfig withLayers(TransformerConfig c, int layers) {
    return new TransformerConfig(
        c.dim(),
        Math.min(layers, c.nLayer()),
        c.nHead(),
        c.nKvHead(),
        c.multipleOf(),
        c.ffnDimMultiplier(),
        c.ropeBase(),
        c.normEps(),
        c.initializerRange(),
        c.sequence(),
        c.dropout());
  }

  /** A tokenizer whose three stacks have so many layers at most. */
  static TokenizerConfig withLayers(TokenizerConfig c, int layers) {
    DiffusionDecoderConfig d = c.diffDecoder();
    return new TokenizerConfig(
        c.encoderPatchSize(),
        Math.min(layers, c.numEncoderLayers()),
        Math.min(layers, c.numDecoderLayers()),
        c.queryLowRank(),
        c.encoderDim(),
        c.decoderDim(),
        c.vq(),
        c.tokens(),
        c.samplingResolution(),
        c.outputResolution(),
        c.ropeBaseLen(),
        new DiffusionDecoderConfig(
            d.inDim(),
            d.outDim(),
            d.dim(),
            d.condDim(),
            d.patchSize(),
            Math.min(layers, d.depth()),
            d.flow(),
            d.mlpHead(),
            d.shareTimeEncoding(),
            d.repaLayer(),
            d.ropeBaseLen(),
            d.gradCheckpointing()));
  }

  /** "24 layers", or "4 of 24 layers" where not all are there. */
  static String layers(int some, int all) {
    return some == all ? all + (all == 1 ? " layer" : " layers") : some + " of " + all + " layers";
  }
}
