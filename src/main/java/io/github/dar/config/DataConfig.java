package io.github.dar.config;

/**
 * What happens to pictures before they are trained on. Its keys stand among those of {@link
 * TrainingConfig}.
 *
 * @param fit how a picture is brought to size
 * @param flip whether half of the pictures are mirrored left to right, at random
 * @param codes when the transformer's pictures become codes; of no account for the tokenizer
 */
public record DataConfig(
    @Key(defaultsTo = "crop") Fit fit,
    @Key(defaultsTo = "false") boolean flip,
    @Key(defaultsTo = "ahead") CodesFrom codes) {}
