package io.github.dar.config;

import java.util.List;
import java.util.Optional;

/**
 * A preset: a model and how to train its parts. The published YAML, which has the tokenizer alone,
 * is one.
 *
 * @param model image_size, tokenizer, ar, classes, sampling
 * @param tokenizerTraining how to train the tokenizer
 * @param arTraining how to train the transformer
 */
public record RunConfig(
    @Key(inline = true) ModelConfig model,
    Optional<TokenizerTrainingConfig> tokenizerTraining,
    Optional<TransformerTrainingConfig> arTraining) {

  /** Checks that a transformer's prefix is no longer than an image. */
  public RunConfig {
    if (model.ar().isPresent() && arTraining.isPresent()) {
      int tokens = model.ar().get().sequence().blockSize();
      int prefix = arTraining.get().prefixTokens();
      InvalidValue.unless(
          prefix <= tokens,
          "ar_training.prefix_tokens",
          prefix,
          "an image has " + tokens + " tokens (ar.block_size)");
    }
  }

  /**
   * The tokenizer's training of a preset that must have one.
   *
   * @param command what needs it, as the user calls it
   * @return the training
   */
  public TokenizerTrainingConfig requireTokenizerTraining(String command) {
    return tokenizerTraining.orElseThrow(() -> ModelConfig.missing(command, "tokenizer_training"));
  }

  /**
   * The transformer's training of a preset that must have one.
   *
   * @param command what needs it, as the user calls it
   * @return the training
   */
  public TransformerTrainingConfig requireArTraining(String command) {
    return arTraining.orElseThrow(() -> ModelConfig.missing(command, "ar_training"));
  }

  /** The same with names for its classes, one for each. */
  public RunConfig withClasses(List<String> names) {
    return new RunConfig(
        new ModelConfig(model.imageSize(), model.tokenizer(), model.ar(), names, model.sampling()),
        tokenizerTraining,
        arTraining);
  }
}
