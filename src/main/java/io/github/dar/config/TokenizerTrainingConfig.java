package io.github.dar.config;

/**
 * The training of a tokenizer: section {@code tokenizer_training} of a preset.
 *
 * @param training everything but the losses
 * @param losses the weights of the losses
 */
public record TokenizerTrainingConfig(
    @Key(inline = true) TrainingConfig training, @Key(defaultsTo = "{}") LossWeights losses) {}
