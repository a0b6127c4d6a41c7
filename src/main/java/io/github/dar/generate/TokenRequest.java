package io.github.dar.generate;

import java.util.stream.LongStream;

/**
 * Which images' tokens are wanted.
 *
 * @param classes {@code [B]}
 * @param seed of the whole set
 * @param images {@code [B]}, each image's index in the set: with the seed it decides the draws, so
 *     an image comes out the same in any batch
 * @param forced {@code [B][K]}, first tokens that are taken from elsewhere to keep a layout; K is
 *     the same for all and may be 0
 */
public record TokenRequest(long[] classes, long seed, long[] images, long[][] forced) {

  /** Checks that there is one of everything for each image. */
  public TokenRequest {
    boolean even = classes.length == images.length && classes.length == forced.length;
    for (long[] row : forced) {
      even &= row.length == forced[0].length;
    }
    if (!even || classes.length == 0) {
      throw new IllegalArgumentException(
          "%d classes, %d indices, %d rows of first tokens"
              .formatted(classes.length, images.length, forced.length));
    }
  }

  /** Images with consecutive indices, nothing given but their classes. */
  public static TokenRequest of(long[] classes, long seed, long firstImage) {
    long[] images = LongStream.range(firstImage, firstImage + classes.length).toArray();
    return new TokenRequest(classes, seed, images, new long[classes.length][0]);
  }

  /** The same with the first tokens given. */
  public TokenRequest withForced(long[][] tokens) {
    return new TokenRequest(classes, seed, images, tokens);
  }

  /** Returns K, the number of tokens given. */
  int forcedCount() {
    return forced[0].length;
  }
}
