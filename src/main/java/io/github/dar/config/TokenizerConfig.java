package io.github.dar.config;

/**
 * The tokenizer (method sections 3 to 7), with the keys of the published YAML's section {@code
 * model}.
 *
 * @param encoderPatchSize side of an encoder patch in pixels
 * @param numEncoderLayers blocks of the encoder, 0 or more
 * @param numDecoderLayers blocks of the condition decoder, 0 or more
 * @param queryLowRank whether the query table has 8 columns and a linear to the width
 * @param encoderDim width of the encoder, a multiple of 64
 * @param decoderDim width of the condition decoder, a multiple of 64
 * @param vq the quantizer: vq_dim, vq_codebook_size, vq_enable
 * @param tokens the tokens and steps: num_all_queries, num_query_groups, queries_per_step,
 *     num_denoising_steps
 * @param samplingResolution the smallest side in pixels at which the decoder paints
 * @param outputResolution side in pixels to which larger pictures are scaled, 0 for none
 * @param ropeBaseLen base of the encoder's rotary embedding, above 0
 * @param diffDecoder the diffusion decoder
 */
public record TokenizerConfig(
    int encoderPatchSize,
    int numEncoderLayers,
    int numDecoderLayers,
    @Key(defaultsTo = "true") boolean queryLowRank,
    int encoderDim,
    int decoderDim,
    @Key(inline = true) QuantizerConfig vq,
    @Key(inline = true) TokenLayout tokens,
    @Key(defaultsTo = "256") int samplingResolution,
    @Key(defaultsTo = "0") int outputResolution,
    @Key(defaultsTo = "10000") double ropeBaseLen,
    DiffusionDecoderConfig diffDecoder) {

  /** E, channels of an attention head in the tokenizer. */
  public static final int HEAD_SIZE = 64;

  /** Checks the ranges and that the parts fit each other. */
  public TokenizerConfig {
    InvalidValue.unlessAtLeast(1, "encoder_patch_size", encoderPatchSize);
    InvalidValue.unlessAtLeast(0, "num_encoder_layers", numEncoderLayers);
    InvalidValue.unlessAtLeast(0, "num_decoder_layers", numDecoderLayers);
    unlessWholeHeads("encoder_dim", encoderDim);
    unlessWholeHeads("decoder_dim", decoderDim);
    InvalidValue.unless(
        samplingResolution >= 1 && samplingResolution % diffDecoder.patchSize() == 0,
        "sampling_resolution",
        samplingResolution,
        "it must be a multiple of diff_decoder.patch_size (" + diffDecoder.patchSize() + ")");
    InvalidValue.unlessAtLeast(0, "output_resolution", outputResolution);
    InvalidValue.unlessPositive("rope_base_len", ropeBaseLen);
    InvalidValue.unless(
        diffDecoder.condDim() == decoderDim,
        "diff_decoder.cond_dim",
        diffDecoder.condDim(),
        "it must equal decoder_dim (" + decoderDim + "), whose output it receives");
  }

  /**
   * Refuses to go on where the tokenizer has no codes.
   *
   * @param command what needs the codes, as the user calls it
   */
  public void requireCodes(String command) {
    InvalidValue.unless(
        vq.vqEnable(),
        "vq_enable",
        false,
        command + " needs codes, which this tokenizer lacks: train one with vq_enable: true");
  }

  /** Refuses a width that can't be split into heads. */
  static void unlessWholeHeads(String key, int width) {
    InvalidValue.unless(
        width >= HEAD_SIZE && width % HEAD_SIZE == 0,
        key,
        width,
        "it must be a multiple of 64, the size of an attention head");
  }
}
