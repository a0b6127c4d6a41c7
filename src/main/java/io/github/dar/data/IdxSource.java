package io.github.dar.data;

import io.github.dar.config.UserException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/**
 * The IDX files of MNIST and its likes: {@code PREFIX-images-idx3-ubyte} and {@code
 * PREFIX-labels-idx1-ubyte}, packed with gzip or not. Held in memory whole; gray becomes RGB. A
 * file {@code classes.txt} beside them names the classes, a line each; without it they are numbers.
 */
public final class IdxSource implements ImageSource {

  private static final int MAGIC_IMAGES = 0x803;
  private static final int MAGIC_LABELS = 0x801;
  private static final int GZIP_FIRST = 0x1F;
  private static final int GZIP_SECOND = 0x8B;

  private final Path imagesFile;
  private final int height;
  private final int width;
  private final byte[] pixels;
  private final byte[] labels;
  private final List<String> classNames;

  /**
   * Reads both files.
   *
   * @param prefix what comes before {@code -images-idx3-ubyte}, with its folder: {@code
   *     mnist/train}
   * @throws UserException if a file is missing or not what it should be
   */
  public IdxSource(String prefix) {
    imagesFile = find(prefix, "images", "idx3");
    Path labelsFile = find(prefix, "labels", "idx1");
    Array images = Array.read(imagesFile, MAGIC_IMAGES);
    Array labelArray = Array.read(labelsFile, MAGIC_LABELS);
    if (images.sizes[0] != labelArray.sizes[0]) {
      throw new UserException(
          "%s: %d labels for the %d images of %s; take both files from one data set"
              .formatted(labelsFile, labelArray.sizes[0], images.sizes[0], imagesFile));
    }
    height = images.sizes[1];
    width = images.sizes[2];
    pixels = images.values;
    labels = labelArray.values;
    int classes = 1 + IntStream.range(0, size()).map(this::label).max().orElseThrow();
    classNames = ClassNames.beside(imagesFile, classes);
  }

  @Override
  public int size() {
    return labels.length;
  }

  @Override
  public RgbImage image(int index) {
    int plane = height * width;
    byte[] rgb = new byte[plane * 3];
    for (int i = 0; i < plane; i++) {
      byte gray = pixels[index * plane + i];
      rgb[3 * i] = gray;
      rgb[3 * i + 1] = gray;
      rgb[3 * i + 2] = gray;
    }
    return new RgbImage(width, height, rgb);
  }

  @Override
  public int label(int index) {
    return labels[index] & 0xFF;
  }

  @Override
  public List<String> classNames() {
    return classNames;
  }

  @Override
  public String describe() {
    return "%d gray images of %dx%d in %d classes from %s"
        .formatted(size(), width, height, classNames.size(), imagesFile);
  }

  /** The file as it is named on the web or after some tools unpacked it. */
  private static Path find(String prefix, String what, String idx) {
    String usual = prefix + "-" + what + "-" + idx + "-ubyte";
    String dotted = prefix + "-" + what + "." + idx + "-ubyte";
    for (String name : List.of(usual, usual + ".gz", dotted, dotted + ".gz")) {
      if (Files.isRegularFile(Path.of(name))) {
        return Path.of(name);
      }
    }
    throw new UserException(
        "idx:%s: there is no file %s or %s.gz; give the folder and what comes before -%s, as in idx:mnist/train"
            .formatted(prefix, usual, usual, what));
  }

  /**
   * The contents of an IDX file of bytes.
   *
   * @param sizes of each dimension
   * @param values row-major
   */
  private record Array(int[] sizes, byte[] values) {

    /** Reads a file whose magic number must be the given one; its last byte counts dimensions. */
    static Array read(Path file, int magic) {
      try (InputStream raw = new BufferedInputStream(Files.newInputStream(file));
          DataInputStream in = new DataInputStream(unpacked(raw))) {
        int found = in.readInt();
        if (found != magic) {
          throw new UserException(
              "%s: not an IDX file of this kind (it starts with %08x, not %08x); check that it is the right file"
                  .formatted(file, found, magic));
        }
        int[] sizes = new int[magic & 0xFF];
        long total = 1;
        for (int i = 0; i < sizes.length; i++) {
          sizes[i] = in.readInt();
          total *= sizes[i];
          if (sizes[i] < 1 || total > Integer.MAX_VALUE - 8) {
            throw new UserException(
                "%s: dimension %d is %d, which can't be; the file is damaged"
                    .formatted(file, i, sizes[i]));
          }
        }
        byte[] values = in.readNBytes((int) total);
        if (values.length < total || in.read() >= 0) {
          throw new UserException(
              "%s: holds %s than the %d bytes that it announces; download it again"
                  .formatted(file, values.length < total ? "less" : "more", total));
        }
        return new Array(sizes, values);
      } catch (EOFException e) {
        throw new UserException(file + ": the file is cut short; download it again", e);
      } catch (IOException e) {
        throw new UserException(file + ": can't be read (" + e.getMessage() + ")", e);
      }
    }

    private static InputStream unpacked(InputStream in) throws IOException {
      in.mark(2);
      boolean packed = in.read() == GZIP_FIRST && in.read() == GZIP_SECOND;
      in.reset();
      return packed ? new GZIPInputStream(in, 1 << 16) : in;
    }
  }
}
