package io.github.dar.config;

/**
 * The dropouts of the transformer, each a probability in [0, 1). Its keys stand among those of
 * {@link TransformerConfig}.
 *
 * @param tokenDropoutP on the embeddings
 * @param attnDropoutP on the attention weights
 * @param residDropoutP on the output of attention
 * @param ffnDropoutP on the output of the feed-forward layer
 * @param dropPathRate probability of skipping the last block's branches for an image, rising
 *     linearly from 0 at the first block
 * @param classDropoutProb how often a label becomes the null class in training; 0 means that there
 *     is no null class, hence no guidance
 */
public record DropoutConfig(
    @Key(defaultsTo = "0.1") double tokenDropoutP,
    @Key(defaultsTo = "0.0") double attnDropoutP,
    @Key(defaultsTo = "0.1") double residDropoutP,
    @Key(defaultsTo = "0.1") double ffnDropoutP,
    @Key(defaultsTo = "0.0") double dropPathRate,
    @Key(defaultsTo = "0.1") double classDropoutProb) {

  /** Checks the ranges. */
  public DropoutConfig {
    InvalidValue.unlessFraction("token_dropout_p", tokenDropoutP);
    InvalidValue.unlessFraction("attn_dropout_p", attnDropoutP);
    InvalidValue.unlessFraction("resid_dropout_p", residDropoutP);
    InvalidValue.unlessFraction("ffn_dropout_p", ffnDropoutP);
    InvalidValue.unlessFraction("drop_path_rate", dropPathRate);
    InvalidValue.unlessFraction("class_dropout_prob", classDropoutProb);
  }
}
