package io.github.dar.data;

import io.github.dar.config.UserException;
import io.github.dar.weights.AtomicFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers what a shard holds, so that it is scanned once and its images can be read in any order:
 * a hidden text file beside the shard, or in the cache where that folder can't be written to. The
 * first line says of which version of the shard it is; of another one it is made anew.
 */
final class TarIndex {

  private static final Logger LOG = LoggerFactory.getLogger(TarIndex.class);
  private static final String ENDING = ".dar-index";
  private static final String FORMAT = "dar tar index 1";

  private TarIndex() {}

  /**
   * The samples of a shard, in its order.
   *
   * @throws UserException if it is missing, cut short or no tar file
   */
  static List<TarSample> of(Path tar, DataCache cache) {
    Path beside = tar.toAbsolutePath().resolveSibling("." + tar.getFileName() + ENDING);
    try {
      String head = head(tar);
      Path place = Files.isWritable(beside.getParent()) ? beside : cache.of(tar, ENDING);
      for (Path written : List.of(beside, place)) {
        Optional<List<TarSample>> known = read(written, head);
        if (known.isPresent()) {
          return known.get();
        }
      }
      List<TarSample> samples = TarScan.of(tar);
      write(place, head, samples);
      return samples;
    } catch (IOException e) {
      LOG.warn(
          "{}: its index can't be kept ({}), so it is scanned at each start", tar, e.getMessage());
      return TarScan.of(tar);
    }
  }

  private static String head(Path tar) throws IOException {
    if (!Files.exists(tar)) {
      throw new UserException(tar + ": there is no such shard; check the name and the range");
    }
    DataCache.Stamp stamp = DataCache.Stamp.of(tar);
    return "%s\t%d\t%d".formatted(FORMAT, stamp.size(), stamp.modified());
  }

  private static Optional<List<TarSample>> read(Path place, String head) throws IOException {
    if (!Files.isReadable(place)) {
      return Optional.empty();
    }
    try (BufferedReader lines = Files.newBufferedReader(place)) {
      if (!head.equals(lines.readLine())) {
        return Optional.empty();
      }
      List<TarSample> samples = new ArrayList<>();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] fields = line.split("\t", 4);
        samples.add(
            new TarSample(
                fields[3],
                Long.parseLong(fields[0]),
                Integer.parseInt(fields[1]),
                Integer.parseInt(fields[2])));
      }
      return Optional.of(samples);
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      LOG.debug("{} is damaged and made anew", place, e);
      return Optional.empty();
    }
  }

  private static void write(Path place, String head, List<TarSample> samples) throws IOException {
    try (AtomicFile file = AtomicFile.create(place)) {
      Writer out = Channels.newWriter(file.channel(), StandardCharsets.UTF_8);
      out.write(head + "\n");
      for (TarSample sample : samples) {
        out.write(
            "%d\t%d\t%d\t%s\n"
                .formatted(sample.offset(), sample.length(), sample.label(), sample.name()));
      }
      out.flush();
      file.commit();
    } catch (UserException e) {
      throw new IOException(e);
    }
  }
}
