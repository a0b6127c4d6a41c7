package io.github.dar.bench;

import io.github.dar.config.DiskError;
import io.github.dar.config.UserException;
import io.github.dar.data.RgbImage;
import io.github.dar.data.ShapesSource;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/**
 * Photo-like JPEGs in a temporary folder: generated shapes with noise on them, so that their files
 * are about as large as ImageNet's. Deleted when closed, or when the program ends before.
 */
final class JpegFolder implements AutoCloseable {

  /** The most common size in ImageNet. */
  static final int WIDTH = 500;

  static final int HEIGHT = 375;

  private static final float QUALITY = 0.9f;

  /** Of the noise: from as much below to as much above. */
  private static final int GRAIN = 12;

  private final Path folder;
  private final List<Path> files = new ArrayList<>();

  private JpegFolder(Path folder) {
    this.folder = folder;
    folder.toFile().deleteOnExit();
  }

  /** Makes some. */
  static JpegFolder make(int count, long seed) {
    try {
      JpegFolder made = new JpegFolder(Files.createTempDirectory("dar-bench"));
      ShapesSource shapes = new ShapesSource(count, WIDTH, seed);
      for (int i = 0; i < count; i++) {
        Path file = made.folder.resolve(i + ".jpg");
        file.toFile().deleteOnExit();
        made.files.add(file);
        write(file, grainy(shapes.image(i), RandomStream.of(seed, Purpose.NOISE, i)));
      }
      return made;
    } catch (IOException e) {
      throw new UserException(
          "JPEGs to measure with can't be written to the temporary folder (%s); make room there, or give another with DAR_JAVA_OPTS=-Djava.io.tmpdir=DIR"
              .formatted(DiskError.why(e)),
          e);
    }
  }

  private static BufferedImage grainy(RgbImage image, RandomStream random) {
    BufferedImage out = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    byte[] rgb = image.rgb();
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        int grain = random.nextInt(2 * GRAIN + 1) - GRAIN;
        int color = 0;
        for (int channel = 0; channel < 3; channel++) {
          int value = (rgb[(y * WIDTH + x) * 3 + channel] & 0xFF) + grain;
          color = color << 8 | Math.max(0, Math.min(255, value));
        }
        out.setRGB(x, y, color);
      }
    }
    return out;
  }

  private static void write(Path file, BufferedImage image) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    try (OutputStream stream = Files.newOutputStream(file);
        ImageOutputStream out = ImageIO.createImageOutputStream(stream)) {
      ImageWriteParam options = writer.getDefaultWriteParam();
      options.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      options.setCompressionQuality(QUALITY);
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), options);
    } finally {
      writer.dispose();
    }
  }

  Path path() {
    return folder;
  }

  List<Path> files() {
    return List.copyOf(files);
  }

  @Override
  public void close() {
    try {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      throw new UserException(
          folder + " can't be deleted (" + DiskError.why(e) + "); delete it by hand", e);
    }
  }
}
