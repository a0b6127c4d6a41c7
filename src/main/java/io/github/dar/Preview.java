package io.github.dar;

import ai.djl.modality.cv.Image;
import java.util.List;

/**
 * What the images of a request will about be.
 *
 * @param tokens how many tokens of each image exist
 * @param total how many there will be
 * @param images {@code [n]}, in Java's memory
 */
public record Preview(int tokens, int total, List<Image> images) {

  /** Returns the first image: the only one where one class was asked for. */
  public Image image() {
    return images.get(0);
  }
}
