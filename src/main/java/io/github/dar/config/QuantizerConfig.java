package io.github.dar.config;

/**
 * The quantizer between encoder and decoder (method section 4). Its keys stand among those of
 * {@link TokenizerConfig}.
 *
 * @param vqDim channels of a code vector, 1 or more
 * @param vqCodebookSize number of codes, 2 or more; without codes it has no meaning
 * @param vqEnable false replaces the codes by normalised vectors: the tokenizer trains and
 *     reconstructs, but there is nothing for a transformer to predict
 */
public record QuantizerConfig(
    int vqDim,
    @Key(defaultsTo = "0") int vqCodebookSize,
    @Key(defaultsTo = "true") boolean vqEnable) {

  /** Checks the ranges. */
  public QuantizerConfig {
    InvalidValue.unlessAtLeast(1, "vq_dim", vqDim);
    InvalidValue.unless(
        !vqEnable || vqCodebookSize >= 2,
        "vq_codebook_size",
        vqCodebookSize,
        "it must be 2 or more (the published tokenizer has 16384)");
  }
}
