package io.github.dar;

import ai.djl.modality.cv.Image;
import java.util.List;

/**
 * What a request became.
 *
 * @param classes of the images, {@code [n]}
 * @param codes their tokens, {@code [n][N]}
 * @param images {@code [n]}, in Java's memory
 */
public record Samples(long[] classes, long[][] codes, List<Image> images) {

  /** Returns the first image: the only one where one class was asked for. */
  public Image image() {
    return images.get(0);
  }
}
