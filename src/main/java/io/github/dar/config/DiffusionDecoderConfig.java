package io.github.dar.config;

/**
 * The diffusion decoder in pixel space (method section 7): section {@code diff_decoder} of a
 * tokenizer.
 *
 * @param inDim channels of the noisy image: 3
 * @param outDim channels of the velocity: 3
 * @param dim width of the network, a multiple of 64
 * @param condDim width of the condition: the tokenizer's {@code decoder_dim}
 * @param patchSize side of a patch in pixels
 * @param depth number of blocks
 * @param flow data_std and time_shift
 * @param mlpHead whether the output layer is modulated by the time, as in DiT; needs {@code
 *     share_time_encoding}
 * @param shareTimeEncoding whether one time embedding serves all blocks
 * @param repaLayer the block whose input is aligned with another network's features in training; at
 *     {@code depth} or above there is none
 * @param ropeBaseLen base of the rotary embedding, above 0
 * @param gradCheckpointing whether training may recompute activations to save memory
 */
@Ignored("cfg")
public record DiffusionDecoderConfig(
    @Key(defaultsTo = "3") int inDim,
    @Key(defaultsTo = "3") int outDim,
    int dim,
    int condDim,
    int patchSize,
    int depth,
    @Key(inline = true) FlowConfig flow,
    @Key(defaultsTo = "false") boolean mlpHead,
    @Key(defaultsTo = "false") boolean shareTimeEncoding,
    @Key(defaultsTo = "8") int repaLayer,
    @Key(defaultsTo = "10000") double ropeBaseLen,
    @Key(defaultsTo = "true") boolean gradCheckpointing) {

  /** Checks the ranges. */
  public DiffusionDecoderConfig {
    InvalidValue.unless(inDim == 3, "in_dim", inDim, "it must be 3: pictures are RGB");
    InvalidValue.unless(outDim == 3, "out_dim", outDim, "it must be 3: pictures are RGB");
    TokenizerConfig.unlessWholeHeads("dim", dim);
    InvalidValue.unlessAtLeast(1, "cond_dim", condDim);
    InvalidValue.unlessAtLeast(1, "patch_size", patchSize);
    InvalidValue.unlessAtLeast(1, "depth", depth);
    InvalidValue.unless(
        !mlpHead || shareTimeEncoding,
        "mlp_head",
        mlpHead,
        "it needs the shared time embedding: set share_time_encoding: true as well");
    InvalidValue.unlessAtLeast(0, "repa_layer", repaLayer);
    InvalidValue.unlessPositive("rope_base_len", ropeBaseLen);
  }
}
