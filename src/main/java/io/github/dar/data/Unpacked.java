package io.github.dar.data;

import io.github.dar.config.UserException;
import io.github.dar.weights.AtomicFile;
import io.github.dar.weights.HostTensor;
import io.github.dar.weights.Npz;
import io.github.dar.weights.NpzWriter;
import io.github.dar.weights.TensorFile;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files in which any place can be read at once. Compressed ones can only be read from front to
 * back, which an order drawn at random doesn't: they are unpacked, once, into the cache.
 */
final class Unpacked {

  private static final Logger LOG = LoggerFactory.getLogger(Unpacked.class);
  private static final int BUFFER = 1 << 20;

  private Unpacked() {}

  /** A gzip file's contents. */
  static Path gzip(Path packed, DataCache cache) {
    return cached(
        packed,
        cache,
        ".unpacked",
        place -> {
          try (InputStream raw = Files.newInputStream(packed);
              InputStream in = new GZIPInputStream(raw, BUFFER);
              AtomicFile out = AtomicFile.create(place)) {
            in.transferTo(Channels.newOutputStream(out.channel()));
            out.commit();
          } catch (EOFException | ZipException e) {
            throw new UserException(
                packed + ": is cut short or damaged (" + e.getMessage() + "); copy it again", e);
          }
        });
  }

  /** The npz itself if its arrays are stored, else a copy in which they are. */
  static Path npz(Path file, DataCache cache) {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      if (zip.stream().noneMatch(entry -> entry.getMethod() == ZipEntry.DEFLATED)) {
        return file;
      }
    } catch (IOException e) {
      // Whoever reads it says better what is wrong.
      return file;
    }
    return cached(
        file,
        cache,
        ".stored.npz",
        place -> {
          try (TensorFile in = Npz.open(file);
              NpzWriter out = NpzWriter.stored(place)) {
            for (Map.Entry<String, HostTensor> array : in.tensors().entrySet()) {
              out.write(array.getKey(), array.getValue());
            }
            out.commit();
          }
        });
  }

  private static Path cached(Path original, DataCache cache, String ending, Unpacking unpacking) {
    try {
      Path place = cache.of(original, ending);
      if (!Files.exists(place)) {
        LOG.warn(
            "{} is compressed: unpacking it to {}, once, as images are read in random order",
            original,
            place);
        unpacking.to(place);
        LOG.warn("{} takes {} MB; remove it when you are done", place, Files.size(place) >> 20);
      }
      return place;
    } catch (IOException e) {
      throw cache.unusable(original, e);
    }
  }

  /** A way to unpack. */
  private interface Unpacking {
    void to(Path place) throws IOException;
  }
}
