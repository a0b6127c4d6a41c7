package io.github.dar.config;

/**
 * The training of a transformer: section {@code ar_training} of a preset.
 *
 * @param training everything else
 * @param initialClasses what the classes' embeddings begin with
 * @param wholeEvery every so many steps one sees whole images, 1 or more; the others see only their
 *     first tokens, which the class decides most and which cost the least
 * @param prefixTokens how many tokens the other steps see, 1 or more; 0 where there are none
 */
public record TransformerTrainingConfig(
    @Key(inline = true) TrainingConfig training,
    @Key(defaultsTo = "reference") InitialClasses initialClasses,
    @Key(defaultsTo = "1") int wholeEvery,
    @Key(defaultsTo = "0") int prefixTokens) {

  /** Checks that the two of the prefix belong together. */
  public TransformerTrainingConfig {
    InvalidValue.unlessAtLeast(1, "whole_every", wholeEvery);
    InvalidValue.unless(
        prefixTokens > 0 == wholeEvery > 1 && prefixTokens >= 0,
        "prefix_tokens",
        prefixTokens,
        wholeEvery > 1
            ? "it must be 1 or more, as whole_every is " + wholeEvery
            : "it must be 0, as whole_every is 1");
  }

  /** How many of an image's {@code all} tokens a step, from 0, sees. */
  public int tokens(long step, int all) {
    return (step + 1) % wholeEvery == 0 ? all : prefixTokens;
  }
}
