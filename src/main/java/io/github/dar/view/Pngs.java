package io.github.dar.view;

import io.github.dar.data.RgbImage;
import io.github.dar.weights.AtomicFile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Pictures as PNG files. */
public final class Pngs {

  private Pngs() {}

  /**
   * Writes a PNG, whole or not at all. Makes the folder where there is none.
   *
   * @throws io.github.dar.config.UserException where the file can't be written: no permission, disk
   *     full
   */
  public static void write(Path file, RgbImage image) {
    byte[] png = encode(image);
    AtomicFile.write(file, out -> out.write(png));
  }

  /** The bytes of the PNG, for a page that embeds its pictures. */
  public static byte[] encode(RgbImage image) {
    return encode(Pictures.view(image));
  }

  static byte[] encode(BufferedImage image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    // A stream of our own: ImageIO's default keeps a cache file on the disk.
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      if (!ImageIO.write(image, "png", out)) {
        throw new IllegalStateException("this Java has no PNG writer");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // bytes in memory don't fail
    }
    return bytes.toByteArray();
  }
}
