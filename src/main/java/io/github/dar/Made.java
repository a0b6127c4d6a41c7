package io.github.dar;

import ai.djl.modality.cv.Image;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.github.dar.data.RgbImage;
import io.github.dar.generate.StreamListener;
import java.util.List;
import java.util.function.Consumer;

/** Keeps what comes of a request and passes its previews on. */
final class Made implements StreamListener {

  private final Consumer<Preview> previews;
  private final Sessions sessions;
  private final int total;
  private long[][] codes;
  private Shape shape;
  private float[] values;
  private List<Image> images;

  /**
   * @param previews the user's
   * @param sessions know that the user's code runs
   * @param total tokens of an image
   */
  Made(Consumer<Preview> previews, Sessions sessions, int total) {
    this.previews = previews;
    this.sessions = sessions;
    this.total = total;
  }

  @Override
  public void preview(int tokens, List<RgbImage> pictures) {
    Preview preview = new Preview(tokens, total, Images.of(pictures));
    sessions.report(() -> previews.accept(preview));
  }

  @Override
  public void tokens(long[][] all) {
    codes = all;
  }

  @Override
  public void decoded(NDArray pictures) {
    shape = pictures.getShape();
    values = pictures.toFloatArray();
  }

  @Override
  public void images(List<RgbImage> pictures) {
    images = Images.of(pictures);
  }

  /** The tokens, {@code [n][N]}. */
  long[][] codes() {
    return codes;
  }

  /** The images. */
  List<Image> images() {
    return images;
  }

  /** Values of the images, flat, about [-1, 1]. */
  float[] values() {
    return values;
  }

  /** The shape of the values, {@code [n, 3, H, W]}. */
  Shape shape() {
    return shape;
  }
}
