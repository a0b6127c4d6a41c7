package io.github.dar.view;

import io.github.dar.data.RgbImage;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;

/** Between {@link RgbImage} and what AWT draws on. */
final class Pictures {

  private Pictures() {}

  /** A view of the same bytes, not a copy. */
  static BufferedImage view(RgbImage image) {
    int stride = image.width() * 3;
    WritableRaster raster =
        Raster.createInterleavedRaster(
            new DataBufferByte(image.rgb(), image.rgb().length),
            image.width(),
            image.height(),
            stride,
            3,
            new int[] {0, 1, 2},
            null);
    ComponentColorModel model =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_sRGB),
            false,
            false,
            ComponentColorModel.OPAQUE,
            DataBuffer.TYPE_BYTE);
    return new BufferedImage(model, raster, false, null);
  }

  /** Copies a picture of any type. */
  static RgbImage copy(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    int[] pixels = image.getRGB(0, 0, width, height, null, 0, width);
    byte[] rgb = new byte[pixels.length * 3];
    for (int i = 0; i < pixels.length; i++) {
      rgb[3 * i] = (byte) (pixels[i] >> 16);
      rgb[3 * i + 1] = (byte) (pixels[i] >> 8);
      rgb[3 * i + 2] = (byte) pixels[i];
    }
    return new RgbImage(width, height, rgb);
  }

  /** The pixel as {@code 0xRRGGBB}. */
  static int pixel(RgbImage image, int x, int y) {
    int at = (y * image.width() + x) * 3;
    byte[] rgb = image.rgb();
    return (rgb[at] & 255) << 16 | (rgb[at + 1] & 255) << 8 | rgb[at + 2] & 255;
  }

  /** Makes a picture smaller by the mean of the area under each new pixel. */
  static RgbImage shrink(RgbImage image, int width, int height) {
    byte[] out = new byte[width * height * 3];
    for (int y = 0; y < height; y++) {
      int top = (int) ((long) y * image.height() / height);
      int bottom = Math.max(top + 1, (int) ((long) (y + 1) * image.height() / height));
      for (int x = 0; x < width; x++) {
        int left = (int) ((long) x * image.width() / width);
        int right = Math.max(left + 1, (int) ((long) (x + 1) * image.width() / width));
        for (int c = 0; c < 3; c++) {
          out[(y * width + x) * 3 + c] = mean(image, left, top, right, bottom, c);
        }
      }
    }
    return new RgbImage(width, height, out);
  }

  private static byte mean(RgbImage image, int left, int top, int right, int bottom, int channel) {
    long sum = 0;
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        sum += image.rgb()[(y * image.width() + x) * 3 + channel] & 255;
      }
    }
    long area = (long) (right - left) * (bottom - top);
    return (byte) ((sum + area / 2) / area);
  }
}
