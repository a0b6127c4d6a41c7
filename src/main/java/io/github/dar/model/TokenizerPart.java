package io.github.dar.model;

import io.github.dar.config.TokenLayout;

/**
 * What the loss of some images must know of the whole batch that they are a part of, so that the
 * parts add up to what the batch gives in one piece. Means over images need the share alone; the
 * quantizer's losses are means over the tokens that the drawn times reach, and the entropy of a
 * mean isn't the mean of entropies.
 *
 * @param share of the batch's images, 1 for a whole batch; parts of a batch are equal
 * @param seen tokens that the batch's times reach: {@link TokenWindows#seen}
 * @param assignments the batch's mean of {@link Tokenizer#assignments}, {@code [V]}; empty for a
 *     whole batch, or where the entropy loss has no weight
 */
public record TokenizerPart(double share, long seen, float[] assignments) {

  /** A batch in one piece. */
  public static TokenizerPart whole(TokenLayout layout, float[] times) {
    return new TokenizerPart(1, TokenWindows.seen(layout, times), new float[0]);
  }
}
