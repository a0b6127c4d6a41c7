package io.github.dar.train;

import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;

/** The times at which a batch of images is denoised in training. */
final class TrainingTimes {

  private TrainingTimes() {}

  /**
   * Draws times, not yet shifted. Of an image's times the first is uniform, the others are spread
   * evenly from there: so each is uniform, and an image trains as many windows of tokens as it can.
   *
   * @param first number of the first image since the training began
   * @param draws times an image
   * @return {@code [count * draws]} in [0, 1), those of an image together
   */
  static float[] of(long seed, long first, int count, int draws) {
    float[] times = new float[count * draws];
    for (int i = 0; i < count; i++) {
      float drawn = RandomStream.of(seed, Purpose.TIME, first + i).nextFloat();
      for (int k = 0; k < draws; k++) {
        float time = drawn + (float) k / draws;
        times[i * draws + k] = time < 1 ? time : time - 1;
      }
    }
    return times;
  }
}
