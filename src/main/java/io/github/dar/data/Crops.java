package io.github.dar.data;

import io.github.dar.data.Resize.Filter;
import io.github.dar.engine.RandomStream;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The crops of ADM and torchvision that D-AR is trained and measured with, bit for bit. Sizes and
 * offsets that don't come out whole are rounded as Python rounds: ties go to even.
 */
public final class Crops {

  private Crops() {}

  /** The middle square of an image whose short side is brought to {@code size}. */
  public static RgbImage centerCrop(RgbImage image, int size) {
    Scaled scaled = Scaled.of(image, size);
    return scaled.crop((scaled.width - size) / 2, (scaled.height - size) / 2, size);
  }

  /**
   * A random square of an image whose short side is brought to a random length, such that the
   * square is between {@code minFraction} and {@code maxFraction} of it.
   *
   * @param minFraction in (0, maxFraction]
   * @param maxFraction at most 1
   */
  public static RgbImage randomCrop(
      RgbImage image, int size, double minFraction, double maxFraction, RandomStream random) {
    int least = (int) Math.ceil(size / maxFraction);
    int most = (int) Math.ceil(size / minFraction);
    Scaled scaled = Scaled.of(image, least + random.nextInt(most - least + 1));
    int y = random.nextInt(scaled.height - size + 1);
    int x = random.nextInt(scaled.width - size + 1);
    return scaled.crop(x, y, size);
  }

  /**
   * A random crop whose draws are given.
   *
   * @param shortSide what the short side is brought to, at least {@code size}
   * @param y the row at which the square starts after that
   * @param x the column at which the square starts after that
   */
  public static RgbImage randomCrop(RgbImage image, int size, int shortSide, int y, int x) {
    return Scaled.of(image, shortSide).crop(x, y, size);
  }

  /**
   * The squares at the top left, top right, bottom left, bottom right and in the middle, then the
   * same of the mirrored image.
   */
  public static List<RgbImage> tenCrop(RgbImage image, int size) {
    return IntStream.range(0, 10).mapToObj(i -> oneOfTenCrops(image, size, i)).toList();
  }

  /** The image as in a mirror: left and right change places. */
  public static RgbImage flip(RgbImage image) {
    int width = image.width();
    byte[] in = image.rgb();
    byte[] out = new byte[in.length];
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < width; x++) {
        System.arraycopy(in, (y * width + x) * 3, out, (y * width + width - 1 - x) * 3, 3);
      }
    }
    return new RgbImage(width, image.height(), out);
  }

  /** The image in the middle of a black square; one that is too large is first made to fit. */
  public static RgbImage pad(RgbImage image, int size) {
    RgbImage inner = image;
    int longSide = Math.max(image.width(), image.height());
    if (longSide > size) {
      double scale = (double) size / longSide;
      inner =
          Resize.resize(
              image, scaled(image.width(), scale), scaled(image.height(), scale), Filter.BICUBIC);
    }
    byte[] out = new byte[size * size * 3];
    int left = (size - inner.width()) / 2;
    int top = (size - inner.height()) / 2;
    int row = inner.width() * 3;
    for (int y = 0; y < inner.height(); y++) {
      System.arraycopy(inner.rgb(), y * row, out, ((top + y) * size + left) * 3, row);
    }
    return new RgbImage(size, size, out);
  }

  /** Cuts a square out of an image. */
  static RgbImage crop(RgbImage image, int left, int top, int size) {
    requireInside(image.width(), image.height(), left, top, size);
    byte[] out = new byte[size * size * 3];
    for (int y = 0; y < size; y++) {
      System.arraycopy(
          image.rgb(), ((top + y) * image.width() + left) * 3, out, y * size * 3, size * 3);
    }
    return new RgbImage(size, size, out);
  }

  private static void requireInside(int width, int height, int left, int top, int size) {
    if (left < 0 || top < 0 || left + size > width || top + size > height) {
      throw new IllegalArgumentException(
          "a square of %d at (%d, %d) is not inside %dx%d"
              .formatted(size, left, top, width, height));
    }
  }

  /** Crop {@code which} of the ten, alone. */
  static RgbImage oneOfTenCrops(RgbImage image, int size, int which) {
    return fiveCrop(which < 5 ? image : flip(image), size, which % 5);
  }

  private static RgbImage fiveCrop(RgbImage image, int size, int which) {
    int right = image.width() - size;
    int bottom = image.height() - size;
    return which == 4
        ? crop(image, (int) Math.rint(right / 2.0), (int) Math.rint(bottom / 2.0), size)
        : crop(image, which % 2 * right, which / 2 * bottom, size);
  }

  private static int scaled(int length, double scale) {
    return Math.max(1, (int) Math.rint(length * scale));
  }

  /**
   * An image on its way to another size, of which only what is cut out is computed.
   *
   * @param image halved with BOX while its short side stayed at least the wanted one
   * @param width that it comes to
   * @param height that it comes to
   */
  private record Scaled(RgbImage image, int width, int height) {

    static Scaled of(RgbImage image, int shortSide) {
      RgbImage halved = image;
      while (Math.min(halved.width(), halved.height()) >= 2 * shortSide) {
        halved = Resize.resize(halved, halved.width() / 2, halved.height() / 2, Filter.BOX);
      }
      double scale = (double) shortSide / Math.min(halved.width(), halved.height());
      return new Scaled(halved, scaled(halved.width(), scale), scaled(halved.height(), scale));
    }

    RgbImage crop(int left, int top, int size) {
      requireInside(width, height, left, top, size);
      return Resize.part(image, width, height, Filter.BICUBIC, left, top, size, size);
    }
  }
}
