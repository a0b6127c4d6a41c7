package io.github.dar;

import ai.djl.modality.cv.BufferedImageFactory;
import ai.djl.modality.cv.Image;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.UserException;
import io.github.dar.data.ImageFiles;
import io.github.dar.data.RgbImage;
import java.awt.image.BufferedImage;
import java.util.List;

/** Between dar's pictures and DJL's. */
final class Images {

  /** What rounding may add to a value of 1. */
  private static final float MOST = 1.001f;

  private Images() {}

  static List<Image> of(List<RgbImage> pictures) {
    return pictures.stream().map(Images::of).toList();
  }

  /**
   * A copy on a {@link BufferedImage}, whatever DJL's default factory is: it holds no native
   * memory, so it outlives the model.
   */
  static Image of(RgbImage picture) {
    int width = picture.width();
    int height = picture.height();
    byte[] rgb = picture.rgb();
    int[] pixels = new int[width * height];
    for (int i = 0; i < pixels.length; i++) {
      int red = rgb[3 * i] & 255;
      int green = rgb[3 * i + 1] & 255;
      pixels[i] = red << 16 | green << 8 | rgb[3 * i + 2] & 255;
    }
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, width, height, pixels, 0, width);
    return new BufferedImageFactory().fromImage(image);
  }

  /**
   * The samples of an image. Those of a {@link BufferedImage} are taken as they are, as dar reads
   * files: DJL's own conversion would change the gamma of gray ones.
   */
  static RgbImage rgb(NDManager manager, Image image) {
    if (image.getWrappedImage() instanceof BufferedImage buffered) {
      return ImageFiles.convert(buffered, "the image");
    }
    try (NDArray bytes = image.toNDArray(manager, Image.Flag.COLOR)) { // [H, W, 3] uint8
      return new RgbImage(image.getWidth(), image.getHeight(), bytes.toByteArray());
    }
  }

  /**
   * The values of a batch of images.
   *
   * @throws UserException if it is no float32 {@code [n, 3, H, W]} in [-1, 1]
   */
  static float[] values(NDArray images) {
    Shape shape = images.getShape();
    boolean batch = shape.dimension() == 4 && shape.get(1) == 3 && shape.size() > 0;
    if (!batch || images.getDataType() != DataType.FLOAT32) {
      throw new UserException(
          "images of %s %s: give float32 [n, 3, H, W]".formatted(images.getDataType(), shape));
    }
    float[] values = images.toFloatArray();
    for (float value : values) {
      if (!(Math.abs(value) <= MOST)) {
        throw new UserException(
            "a pixel of " + value + ": give values from -1, black, to 1, white");
      }
    }
    return values;
  }
}
