package io.github.dar.data;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;

/** Small data sets on disk. */
final class TestImages {

  private TestImages() {}

  /** Writes a PNG of one gray; folders are made as needed. */
  static void png(Path file, int width, int height, int gray) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, png(width, height, gray));
  }

  /** A PNG of one gray. */
  static byte[] png(int width, int height, int gray) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, gray * 0x010101);
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return out.toByteArray();
  }

  /** Writes n images of 4x3 whose first pixel is their number, and labels n modulo 3. */
  static void idx(String images, String labels, int count, boolean gzip) throws IOException {
    try (DataOutputStream out = open(images, gzip)) {
      out.writeInt(0x803);
      out.writeInt(count);
      out.writeInt(3);
      out.writeInt(4);
      for (int i = 0; i < count; i++) {
        out.write(i);
        out.write(new byte[11]);
      }
    }
    try (DataOutputStream out = open(labels, gzip)) {
      out.writeInt(0x801);
      out.writeInt(count);
      for (int i = 0; i < count; i++) {
        out.write(i % 3);
      }
    }
  }

  private static DataOutputStream open(String file, boolean gzip) throws IOException {
    OutputStream out = Files.newOutputStream(Path.of(file));
    return new DataOutputStream(gzip ? new GZIPOutputStream(out) : out);
  }
}
