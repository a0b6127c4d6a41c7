package io.github.dar.view;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dar.data.RgbImage;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import javax.imageio.ImageIO;

/** Pictures to test with, and the reference's numbers. */
final class Samples {

  private Samples() {}

  /** Smooth, with more than 256 colours. */
  static RgbImage gradient(int width, int height) {
    byte[] rgb = new byte[width * height * 3];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int at = (y * width + x) * 3;
        rgb[at] = (byte) (255 * x / Math.max(1, width - 1));
        rgb[at + 1] = (byte) (255 * y / Math.max(1, height - 1));
        rgb[at + 2] = (byte) (128 + 100 * Math.sin(x * 6.0 / width) * Math.cos(y * 5.0 / height));
      }
    }
    return new RgbImage(width, height, rgb);
  }

  static RgbImage noise(int width, int height, long seed) {
    byte[] rgb = new byte[width * height * 3];
    new Random(seed).nextBytes(rgb);
    return new RgbImage(width, height, rgb);
  }

  static RgbImage blend(RgbImage from, RgbImage to, double share) {
    byte[] rgb = new byte[from.rgb().length];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) Math.round((from.rgb()[i] & 255) * (1 - share) + (to.rgb()[i] & 255) * share);
    }
    return new RgbImage(from.width(), from.height(), rgb);
  }

  /** A picture of the given {@code 0xRRGGBB} pixels. */
  static RgbImage of(int width, int... pixels) {
    byte[] rgb = new byte[pixels.length * 3];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (pixels[i / 3] >> (16 - 8 * (i % 3)));
    }
    return new RgbImage(width, pixels.length / width, rgb);
  }

  static RgbImage decode(byte[] file) {
    try {
      BufferedImage image = ImageIO.read(new ByteArrayInputStream(file));
      return Pictures.copy(image);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static double meanDifference(RgbImage a, RgbImage b) {
    double sum = 0;
    for (int i = 0; i < a.rgb().length; i++) {
      sum += Math.abs((a.rgb()[i] & 255) - (b.rgb()[i] & 255));
    }
    return sum / a.rgb().length;
  }

  /** A tensor of the reference file, little-endian as stored. */
  static ByteBuffer tensor(String name) {
    try (InputStream in = Samples.class.getResourceAsStream("to_uint8.safetensors")) {
      ByteBuffer file = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
      int head = (int) file.getLong();
      JsonNode entry = new ObjectMapper().readTree(file.array(), Long.BYTES, head).get(name);
      int begin = entry.get("data_offsets").get(0).asInt();
      int end = entry.get("data_offsets").get(1).asInt();
      return file.slice(Long.BYTES + head + begin, end - begin).order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
