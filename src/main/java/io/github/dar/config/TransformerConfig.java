package io.github.dar.config;

import java.util.Locale;
import java.util.OptionalDouble;

/**
 * The autoregressive transformer (method section 9), with the names and defaults of the reference's
 * ModelArgs; those of the three sizes are a 7B language model's.
 *
 * @param dim D, width
 * @param nLayer number of blocks
 * @param nHead H, query heads; they divide the width into even head sizes
 * @param nKvHead key and value heads, a divisor of the query heads; 0 stands for as many
 * @param multipleOf the feed-forward width is rounded up to a multiple of it
 * @param ffnDimMultiplier factor on the feed-forward width before rounding, above 0
 * @param ropeBase base of the rotary embedding, above 0
 * @param normEps epsilon of the norms, above 0
 * @param initializerRange standard deviation of fresh weights, above 0
 * @param sequence vocab_size, block_size, num_classes, cls_token_num, model_type
 * @param dropout the dropouts, class_dropout_prob among them
 */
@Ignored({"caption_dim", "max_batch_size", "max_seq_len"})
public record TransformerConfig(
    @Key(defaultsTo = "4096") int dim,
    @Key(defaultsTo = "32") int nLayer,
    @Key(defaultsTo = "32") int nHead,
    @Key(defaultsTo = "0") int nKvHead,
    @Key(defaultsTo = "256") int multipleOf,
    OptionalDouble ffnDimMultiplier,
    @Key(defaultsTo = "10000") double ropeBase,
    @Key(defaultsTo = "1e-5") double normEps,
    @Key(defaultsTo = "0.02") double initializerRange,
    @Key(inline = true) SequenceConfig sequence,
    @Key(inline = true) DropoutConfig dropout) {

  /** Resolves the key and value heads and checks the ranges. */
  public TransformerConfig {
    InvalidValue.unlessAtLeast(1, "dim", dim);
    InvalidValue.unlessAtLeast(1, "n_layer", nLayer);
    InvalidValue.unlessAtLeast(1, "n_head", nHead);
    InvalidValue.unless(
        dim % (2L * nHead) == 0,
        "n_head",
        nHead,
        "dim (" + dim + ") must split into n_head heads of an even size");
    nKvHead = nKvHead == 0 ? nHead : nKvHead;
    InvalidValue.unless(
        nKvHead >= 1 && nHead % nKvHead == 0,
        "n_kv_head",
        nKvHead,
        "it must divide n_head (" + nHead + "); leave it out for plain attention");
    InvalidValue.unlessAtLeast(1, "multiple_of", multipleOf);
    ffnDimMultiplier.ifPresent(m -> InvalidValue.unlessPositive("ffn_dim_multiplier", m));
    InvalidValue.unlessPositive("rope_base", ropeBase);
    InvalidValue.unlessPositive("norm_eps", normEps);
    InvalidValue.unlessPositive("initializer_range", initializerRange);
  }

  /**
   * A published size with 16384 codes, 256 tokens and 1000 classes.
   *
   * @param name B, L, XL or XXL
   * @return its configuration
   */
  public static TransformerConfig preset(String name) {
    return switch (name.toUpperCase(Locale.ROOT)) {
      case "B" -> published(12, 12, 768);
      case "L" -> published(24, 16, 1024);
      case "XL" -> published(36, 20, 1280);
      case "XXL" -> published(48, 24, 1536);
      default -> throw new UserException("no size '" + name + "'; there are B, L, XL and XXL");
    };
  }

  private static TransformerConfig published(int layers, int heads, int width) {
    return new TransformerConfig(
        width,
        layers,
        heads,
        heads,
        256,
        OptionalDouble.empty(),
        10000,
        1e-5,
        0.02,
        new SequenceConfig(16384, 256, 1000, 1, "c2i"),
        new DropoutConfig(0.1, 0, 0.1, 0.1, 0, 0.1));
  }

  /** E, channels of a head. */
  public int headDim() {
    return dim / nHead;
  }

  /** Width of the feed-forward layer: two thirds of 4 D, scaled, rounded up. */
  public int hiddenDim() {
    int twoThirds = (int) (2L * 4 * dim / 3);
    int scaled =
        ffnDimMultiplier.isPresent()
            ? (int) (ffnDimMultiplier.getAsDouble() * twoThirds)
            : twoThirds;
    return (scaled + multipleOf - 1) / multipleOf * multipleOf;
  }

  /** Rows of the class table: the classes and, where labels are dropped, the null class. */
  public int classRows() {
    return sequence.numClasses() + (dropout.classDropoutProb() > 0 ? 1 : 0);
  }

  /** Number of learned values. */
  public long parameterCount() {
    long width = dim;
    long attention = width * (nHead + 2L * nKvHead) * headDim() + width * width;
    long feedForward = 3 * width * hiddenDim();
    long block = attention + feedForward + 2 * width;
    return nLayer * block + (2L * sequence.vocabSize() + classRows() + 1) * width;
  }
}
