package io.github.dar.bench;

import io.github.dar.config.SequenceConfig;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;

/** Tokens that mean nothing. */
final class RandomTokens {

  private RandomTokens() {}

  /** Some tokens of some images: {@code [images][count]}. */
  static long[][] of(SequenceConfig sequence, int images, int count, long seed) {
    long[][] tokens = new long[images][count];
    for (int i = 0; i < images; i++) {
      RandomStream random = RandomStream.of(seed, Purpose.TOKEN, i);
      for (int n = 0; n < count; n++) {
        tokens[i][n] = random.nextInt(sequence.vocabSize());
      }
    }
    return tokens;
  }
}
