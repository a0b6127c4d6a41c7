package io.github.dar.generate;

import ai.djl.ndarray.NDArray;
import io.github.dar.data.RgbImage;
import java.util.List;

/**
 * Told of what a batch has become so far. Previews and images come from the decoder's thread, one
 * at a time and in order; a slow listener holds the decoder back, not the transformer.
 */
public interface StreamListener {

  /**
   * Some more tokens of every image exist. Comes from the thread that called, while previews come
   * from the decoder's.
   *
   * @param tokens how many of each image there are now
   */
  default void progress(int tokens) {}

  /**
   * What the images will about be.
   *
   * @param tokens how many tokens of each image exist, less than all
   */
  default void preview(int tokens, List<RgbImage> images) {}

  /**
   * The finished images before they become bytes.
   *
   * @param images {@code [B, 3, H, W]}, about [-1, 1]; only good until this returns
   */
  default void decoded(NDArray images) {}

  /** The finished images. */
  void images(List<RgbImage> images);

  /**
   * All tokens, before the last images come.
   *
   * @param codes {@code [B][N]}
   */
  default void tokens(long[][] codes) {}
}
