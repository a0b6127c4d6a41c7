package io.github.dar.config;

/**
 * The training of a transformer: section {@code ar_training} of a preset.
 *
 * @param training everything else
 * @param initialClasses what the classes' embeddings begin with
 * @param prefixSteps steps at the start that see the first tokens of an image only, 0 or more: the
 *     class decides them most, and they cost the least
 * @param prefixTokens how many tokens those steps see, 1 or more; 0 where there are no such steps
 */
public record TransformerTrainingConfig(
    @Key(inline = true) TrainingConfig training,
    @Key(defaultsTo = "reference") InitialClasses initialClasses,
    @Key(defaultsTo = "0") int prefixSteps,
    @Key(defaultsTo = "0") int prefixTokens) {

  /** Checks that the two of the prefix belong together. */
  public TransformerTrainingConfig {
    InvalidValue.unlessAtLeast(0, "prefix_steps", prefixSteps);
    InvalidValue.unless(
        prefixTokens > 0 == prefixSteps > 0 && prefixTokens >= 0,
        "prefix_tokens",
        prefixTokens,
        prefixSteps > 0
            ? "it must be 1 or more, as prefix_steps is " + prefixSteps
            : "it must be 0, as prefix_steps is 0");
  }

  /** How many of an image's {@code all} tokens a step sees. */
  public int tokens(long step, int all) {
    return step < prefixSteps ? prefixTokens : all;
  }
}
