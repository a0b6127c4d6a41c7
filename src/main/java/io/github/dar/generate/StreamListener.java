package io.github.dar.generate;

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
   * @param tokens how many tokens of each image exist
   */
  void preview(int tokens, List<RgbImage> images);

  /** The finished images; where a preview is due after the last token it was equal. */
  void images(List<RgbImage> images);

  /**
   * All tokens, before the last images come.
   *
   * @param codes {@code [B][N]}
   */
  default void tokens(long[][] codes) {}
}
