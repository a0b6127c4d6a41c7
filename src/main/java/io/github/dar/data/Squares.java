package io.github.dar.data;

import io.github.dar.engine.RandomStream;
import java.util.List;

/** The squares that an image becomes before a network sees it. */
public interface Squares {

  /** The side of each in pixels. */
  int size();

  /** How many an image becomes. */
  int count();

  /**
   * The squares of an image, {@link #count} of them.
   *
   * @param random where all draws come from
   */
  List<RgbImage> of(RgbImage image, RandomStream random);
}
