package io.github.dar.data;

/**
 * An 8-bit RGB picture in memory.
 *
 * @param width in pixels
 * @param height in pixels
 * @param rgb the bytes, row by row from the top, red first: {@code [height, width, 3]}. Not copied:
 *     whoever makes an image hands the array over and whoever reads it leaves it alone.
 */
public record RgbImage(int width, int height, byte[] rgb) {

  /** Checks that the bytes fill the picture. */
  public RgbImage {
    if (width < 1 || height < 1 || rgb.length != (long) width * height * 3) {
      throw new IllegalArgumentException(
          rgb.length + " bytes can't be an RGB picture of " + width + "x" + height);
    }
  }
}
