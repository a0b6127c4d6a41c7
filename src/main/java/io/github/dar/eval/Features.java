package io.github.dar.eval;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.UserException;

/** Features that are in memory as a whole: checked, and taken block by block. */
final class Features {

  private Features() {}

  /**
   * Refuses what no metric can be computed of.
   *
   * @param whose samples or reference
   * @param features {@code [n, D]}, float32
   * @param width D
   * @param atLeast images
   */
  static void check(String whose, NDArray features, long width, int atLeast) {
    Shape shape = features.getShape();
    if (shape.dimension() != 2 || shape.get(1) != width) {
      throw new UserException(
          "the features of the %s have shape %s, not %d numbers an image; use one feature network for all"
              .formatted(whose, shape, width));
    }
    if (shape.get(0) < atLeast) {
      throw new UserException(
          "the %s are %d images and the metric needs %d or more; give a source of more"
              .formatted(whose, shape.get(0), atLeast));
    }
    try (NDArray sum = features.sum()) {
      if (!Float.isFinite(sum.getFloat())) {
        throw new UserException(
            "the features of the "
                + whose
                + " hold what is no number; use --precision fp32, and look at the images and the feature network's weights");
      }
    }
  }

  /** A view of up to {@code count} rows from one on, owned by {@code scope}. */
  static NDArray rows(NDManager scope, NDArray all, long from, int count) {
    NDArray rows = all.get(from + ":" + Math.min(from + count, all.getShape().get(0)));
    rows.attach(scope);
    return rows;
  }
}
