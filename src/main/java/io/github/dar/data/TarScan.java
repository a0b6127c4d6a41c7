package io.github.dar.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dar.config.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the samples of a WebDataset shard. A sample is the files whose names agree up to the first
 * dot: an image, and its class as text in {@code KEY.cls} or under {@code label} or {@code class}
 * in {@code KEY.json}. Only headers and labels are read.
 */
final class TarScan {

  private static final Logger LOG = LoggerFactory.getLogger(TarScan.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int BLOCK = 512;
  private static final int LONGEST_LABEL = 1 << 20;

  private final Path tar;
  private final Map<String, Parts> samples = new LinkedHashMap<>();

  private TarScan(Path tar) {
    this.tar = tar;
  }

  /**
   * The samples in the order of the file.
   *
   * @throws UserException if the file is cut short or no tar file, or a sample has no image
   */
  static List<TarSample> of(Path tar) {
    TarScan scan = new TarScan(tar);
    try (TarFile file = open(tar)) {
      scan.read(file);
    } catch (IOException e) {
      throw new UserException(tar + ": can't be read (" + e.getMessage() + "); copy it again", e);
    }
    return scan.samples();
  }

  private static TarFile open(Path tar) throws IOException {
    try {
      return new TarFile(tar);
    } catch (IOException | IllegalArgumentException e) {
      if (!Files.exists(tar)) {
        throw new UserException(tar + ": there is no such shard; check the name and the range", e);
      }
      throw new UserException(
          tar + ": is cut short or no tar file (" + e.getMessage() + "); copy it again", e);
    }
  }

  private void read(TarFile file) throws IOException {
    long size = Files.size(tar);
    long end = 0;
    for (TarArchiveEntry entry : file.getEntries()) {
      end = entry.getDataOffset() + entry.getSize();
      if (end > size) {
        throw new UserException(
            "%s: is cut short: %s should end at byte %d of the %d that are there; copy it again"
                .formatted(tar, entry.getName(), end, size));
      }
      if (entry.isFile()) {
        add(file, entry);
      }
    }
    if (size % BLOCK != 0) {
      throw new UserException(
          "%s: is cut short: %d bytes are no whole number of tar blocks; copy it again"
              .formatted(tar, size));
    }
    long padded = (end + BLOCK - 1) / BLOCK * BLOCK;
    if (size < padded + BLOCK) {
      LOG.warn("{}: has no end mark, so it may be cut short; using what is there", tar);
    }
  }

  private void add(TarFile file, TarArchiveEntry entry) throws IOException {
    String path = entry.getName();
    int slash = path.lastIndexOf('/') + 1;
    int dot = path.indexOf('.', slash);
    if (dot <= slash) {
      return; // no dot, or a hidden file
    }
    String ending = path.substring(dot + 1);
    Parts parts = samples.computeIfAbsent(path.substring(0, dot), key -> new Parts());
    if (ImageFiles.isImageName(path)) {
      boolean better = parts.image == null || ending.indexOf('.') < 0 && parts.imageHasTwoEndings;
      if (better) {
        parts.image = entry;
        parts.imageHasTwoEndings = ending.indexOf('.') >= 0;
      }
    } else if (ending.equals("cls")) {
      parts.label = whole(entry, text(file, entry).strip());
    } else if (ending.equals("json") && parts.label == TarSample.NO_LABEL) {
      parts.label = jsonLabel(entry, text(file, entry));
    }
  }

  private int jsonLabel(TarArchiveEntry entry, String text) {
    try {
      JsonNode json = JSON.readTree(text);
      JsonNode label = json.has("label") ? json.path("label") : json.path("class");
      return label.isMissingNode() ? TarSample.NO_LABEL : whole(entry, label.asText(""));
    } catch (JsonProcessingException e) {
      throw new UserException(tar + ": " + entry.getName() + " is no JSON; write the shard again");
    }
  }

  private int whole(TarArchiveEntry entry, String text) {
    try {
      int label = Integer.parseInt(text);
      if (label >= 0) {
        return label;
      }
    } catch (NumberFormatException e) {
      // Told below, with the name.
    }
    throw new UserException(
        "%s: %s holds \"%s\", which is no class; it must be a whole number from 0"
            .formatted(tar, entry.getName(), text.length() > 40 ? text.substring(0, 40) : text));
  }

  private static String text(TarFile file, TarArchiveEntry entry) throws IOException {
    try (InputStream in = file.getInputStream(entry)) {
      return new String(in.readNBytes(LONGEST_LABEL), StandardCharsets.UTF_8);
    }
  }

  private List<TarSample> samples() {
    List<TarSample> found = new ArrayList<>(samples.size());
    samples.forEach(
        (key, parts) -> {
          if (parts.image != null) {
            found.add(
                new TarSample(
                    parts.image.getName(),
                    parts.image.getDataOffset(),
                    Math.toIntExact(parts.image.getSize()),
                    parts.label));
          } else if (parts.label != TarSample.NO_LABEL) {
            throw new UserException(
                "%s: the sample %s has a class but no image (%s); remove it or write the shard again"
                    .formatted(tar, key, "PNG, JPEG, WebP, GIF, BMP, TIFF"));
          }
        });
    return found;
  }

  /** What was found of a sample. */
  private static final class Parts {
    private TarArchiveEntry image;
    private boolean imageHasTwoEndings;
    private int label = TarSample.NO_LABEL;
  }
}
