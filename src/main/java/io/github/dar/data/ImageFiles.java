package io.github.dar.data;

import io.github.dar.config.UserException;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Reads image files as Pillow's {@code convert("RGB")} does: gray and palettes are expanded, alpha
 * is dropped and not blended, colour profiles and the orientation that a camera noted are ignored.
 * What a file holds decides how it is read, not its name. The first picture of several is taken.
 *
 * <p>Of 16 bits the upper 8 are taken. Pillow does so for colour, but cuts 16-bit gray off at 255,
 * which leaves a white picture: there dar departs.
 */
public final class ImageFiles {

  private static final Set<String> EXTENSIONS =
      Set.of("png", "jpg", "jpeg", "webp", "gif", "bmp", "tif", "tiff");

  private ImageFiles() {}

  /** Whether the name of a file ends as that of an image does. */
  public static boolean isImageName(String name) {
    return EXTENSIONS.contains(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
  }

  /**
   * The picture in a file.
   *
   * @throws UserException if there is none or it is damaged
   */
  public static RgbImage read(Path file) {
    if (Files.isDirectory(file)) {
      throw new UserException(file + ": is a folder; give an image file");
    }
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new UserException(file + ": there is no such image file; check the path", e);
    } catch (IOException e) {
      throw new UserException(file + ": can't be read (" + e.getMessage() + ")", e);
    }
    return decode(bytes, file.toString());
  }

  /**
   * The picture in the bytes of an image file.
   *
   * @param name what error messages call the file
   * @throws UserException if there is none or it is damaged
   */
  public static RgbImage decode(byte[] bytes, String name) {
    // In memory, whatever ImageIO's global switch says about caching on disk.
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw new UserException(
            name + ": not an image; dar reads PNG, JPEG, WebP, GIF, BMP and TIFF files");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in, true, true);
        return JpegColors.isJpeg(bytes)
            ? readJpeg(reader, bytes, name)
            : convert(reader.read(0), name);
      } finally {
        reader.dispose();
      }
    } catch (UserException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // Readers meet damage with all sorts of runtime exceptions.
      throw new UserException(
          name + ": the image is damaged; replace or remove it (" + e.getMessage() + ")", e);
    } catch (LinkageError e) {
      throw new UserException(
          name + ": this format can't be read on this machine; convert it to PNG", e);
    }
  }

  private static RgbImage readJpeg(ImageReader reader, byte[] bytes, String name)
      throws IOException {
    List<String> warnings = new ArrayList<>();
    reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
    // The raster comes without the conversions that ImageIO would apply for a colour profile.
    Raster raster = reader.readRaster(0, null);
    for (String warning : warnings) {
      if (warning.startsWith("Truncated")) {
        throw new UserException(
            name + ": the file is cut short; replace or remove it (" + warning + ")");
      }
    }
    return JpegColors.of(bytes).toRgb(raster);
  }

  /**
   * A picture that is decoded already, its samples taken as they are.
   *
   * @param name what error messages call it
   * @throws UserException if its samples have more than 16 bits or are no gray or RGB
   */
  public static RgbImage convert(BufferedImage image, String name) {
    ColorModel colors = image.getColorModel();
    if (colors instanceof IndexColorModel palette) {
      return expand(image.getRaster(), palette);
    }
    Raster raster = image.getRaster();
    int bits = raster.getSampleModel().getSampleSize(0);
    int components = colors.getNumColorComponents();
    if (bits > 16 || components != 1 && components != 3) {
      throw new UserException(
          "%s: %d channels of %d bits can't be read; convert it to 8-bit RGB"
              .formatted(name, components, bits));
    }
    return samples(raster, components);
  }

  private static RgbImage expand(Raster raster, IndexColorModel palette) {
    int width = raster.getWidth();
    byte[] rgb = new byte[width * raster.getHeight() * 3];
    int[] row = new int[width];
    int at = 0;
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, 0, row);
      for (int index : row) {
        rgb[at++] = (byte) palette.getRed(index);
        rgb[at++] = (byte) palette.getGreen(index);
        rgb[at++] = (byte) palette.getBlue(index);
      }
    }
    return new RgbImage(width, raster.getHeight(), rgb);
  }

  /** The samples themselves: {@code getRGB} would apply a gamma to gray. */
  private static RgbImage samples(Raster raster, int components) {
    int width = raster.getWidth();
    byte[] rgb = new byte[width * raster.getHeight() * 3];
    int[] row = new int[width];
    for (int y = 0; y < raster.getHeight(); y++) {
      for (int channel = 0; channel < 3; channel++) {
        int band = components == 1 ? 0 : channel;
        int bits = raster.getSampleModel().getSampleSize(band);
        raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, band, row);
        int at = y * width * 3 + channel;
        for (int sample : row) {
          rgb[at] = (byte) (bits < 8 ? sample * 255 / ((1 << bits) - 1) : sample >> (bits - 8));
          at += 3;
        }
      }
    }
    return new RgbImage(width, raster.getHeight(), rgb);
  }
}
