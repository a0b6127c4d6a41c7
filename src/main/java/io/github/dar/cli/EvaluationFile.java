package io.github.dar.cli;

import io.github.dar.config.DiskError;
import io.github.dar.config.UserException;
import io.github.dar.data.RgbImage;
import io.github.dar.generate.StreamListener;
import io.github.dar.weights.DType;
import io.github.dar.weights.HostTensor;
import io.github.dar.weights.NpzWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * An .npz of many images that is written over several runs. Until it is complete the pixels lie in
 * FILE.part, and FILE.part.txt says what they are of, so that only the same job goes on.
 */
final class EvaluationFile implements StreamListener, AutoCloseable {

  /** Images that are copied into the npz at a time. */
  private static final int COPIED = 256;

  private final Path file;
  private final Path description;
  private final Path part;
  private final long[] classes;
  private final int size;
  private final FileChannel pixels;

  private EvaluationFile(Path file, long[] classes, int size, FileChannel pixels) {
    this.file = file;
    this.description = description(file);
    this.part = part(file);
    this.classes = classes;
    this.size = size;
    this.pixels = pixels;
  }

  private static Path part(Path file) {
    return file.resolveSibling(file.getFileName() + ".part");
  }

  private static Path description(Path file) {
    return file.resolveSibling(file.getFileName() + ".part.txt");
  }

  /**
   * Begins a file, or goes on with it.
   *
   * @param what all that the images depend on
   */
  static EvaluationFile open(Path file, String what, long[] classes, int size) {
    OutputPaths.checkFile("--npz", file);
    if (Files.exists(file)) {
      throw new UserException(
          "--npz " + file + ": is there and complete; remove it or give another name");
    }
    try {
      Path description = description(file);
      if (!Files.exists(description)) {
        Files.deleteIfExists(part(file));
        Files.writeString(description, what);
      } else if (!Files.readString(description).equals(what)) {
        throw new UserException(
            "--npz %s: %s was begun by another command; repeat that one, or remove it and %s"
                .formatted(file, part(file), description));
      }
      FileChannel pixels =
          FileChannel.open(
              part(file),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      EvaluationFile result = new EvaluationFile(file, classes, size, pixels);
      // A run that was killed may have left half an image.
      result.truncate(result.done());
      return result;
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  private static UserException unwritable(Path file, IOException e) {
    return new UserException(
        "--npz %s: can't be written (%s); mend that or give another name"
            .formatted(file, DiskError.why(e)),
        e);
  }

  private int imageBytes() {
    return 3 * size * size;
  }

  /** How many images are there. */
  int done() {
    try {
      return (int) Math.min(classes.length, pixels.size() / imageBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Forgets all but the first images. */
  void truncate(int images) {
    try {
      pixels.truncate((long) images * imageBytes());
      pixels.position(pixels.size());
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  @Override
  public void images(List<RgbImage> images) {
    try {
      for (RgbImage image : images) {
        ByteBuffer bytes = ByteBuffer.wrap(image.rgb());
        while (bytes.hasRemaining()) {
          pixels.write(bytes);
        }
      }
    } catch (IOException e) {
      throw new UserException(
          part + ": can't be written (" + e.getMessage() + "); free some space and run it again",
          e);
    }
  }

  /** Makes the npz of the parts. */
  void finish() {
    try (NpzWriter npz = NpzWriter.stored(file)) {
      npz.begin("arr_0", DType.U8, classes.length, size, size, 3);
      pixels.position(0);
      for (int from = 0; from < classes.length; from += COPIED) {
        int count = Math.min(COPIED, classes.length - from);
        ByteBuffer rows = ByteBuffer.allocate(count * imageBytes());
        while (rows.hasRemaining() && pixels.read(rows) >= 0) {
          // Until the rows are complete.
        }
        npz.append(HostTensor.of(rows.array(), count, size, size, 3));
      }
      npz.write("labels", HostTensor.of(classes, classes.length));
      npz.commit();
      Files.delete(part);
      Files.delete(description);
    } catch (IOException e) {
      throw new UserException(
          file + ": can't be written (" + DiskError.why(e) + "); mend that or give another name",
          e);
    }
  }

  @Override
  public void close() {
    try {
      pixels.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
