package io.github.dar.config;

/**
 * What the transformer reads and predicts: a class, then tokens (method section 9). Its keys stand
 * among those of {@link TransformerConfig}.
 *
 * @param vocabSize V, number of codes, 2 or more
 * @param blockSize N, tokens of an image, 1 or more
 * @param numClasses K, number of classes, 1 or more
 * @param clsTokenNum tokens of the condition before the image: 1
 * @param modelType the kind of condition: c2i, class to image
 */
public record SequenceConfig(
    @Key(defaultsTo = "16384") int vocabSize,
    @Key(defaultsTo = "256") int blockSize,
    @Key(defaultsTo = "1000") int numClasses,
    @Key(defaultsTo = "1") int clsTokenNum,
    @Key(defaultsTo = "c2i") String modelType) {

  /** Checks the ranges. */
  public SequenceConfig {
    InvalidValue.unlessAtLeast(2, "vocab_size", vocabSize);
    InvalidValue.unlessAtLeast(1, "block_size", blockSize);
    InvalidValue.unlessAtLeast(1, "num_classes", numClasses);
    InvalidValue.unless(
        clsTokenNum == 1, "cls_token_num", clsTokenNum, "it must be 1: a class is one token");
    InvalidValue.unless(
        modelType.equals("c2i"),
        "model_type",
        modelType,
        "it must be c2i: dar generates from classes, not from text");
  }
}
