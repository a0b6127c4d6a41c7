package io.github.dar.train;

import io.github.dar.weights.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Files and folders of a run that come and go in one step, as far as anybody sees. */
final class RunFiles {

  /** The end of the names of what is not complete, or no longer. */
  static final String ASIDE = ".partial";

  /** What {@link AtomicFile} and its like leave behind when the process is killed. */
  private static final Pattern TORN =
      Pattern.compile("\\..+\\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private RunFiles() {}

  /** Writes a small text file whole or not at all. */
  static void writeText(Path file, String text) throws IOException {
    try (AtomicFile out = AtomicFile.create(file)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        out.channel().write(bytes);
      }
      out.commit();
    }
  }

  /** Removes a folder in one step, as far as anybody sees: a half deleted one has no number. */
  static void discard(Path path) throws IOException {
    if (Files.exists(path)) {
      Path aside = path.resolveSibling(path.getFileName() + ".old" + ASIDE);
      delete(aside);
      Files.move(path, aside, StandardCopyOption.ATOMIC_MOVE);
      AtomicFile.syncFolder(path.getParent());
      delete(aside);
    }
  }

  /** Removes a folder with all that is in it, if it is there. */
  static void delete(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Removes what a kill has left half done in a folder. */
  static void removeLeftovers(Path folder) throws IOException {
    for (Path path : list(folder)) {
      String name = path.getFileName().toString();
      if (name.endsWith(ASIDE) || TORN.matcher(name).matches()) {
        delete(path);
      }
    }
  }

  /** What is in a folder; nothing where there is none. */
  static List<Path> list(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
