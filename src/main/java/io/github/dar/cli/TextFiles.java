package io.github.dar.cli;

import io.github.dar.config.UserException;
import io.github.dar.weights.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Small text files that users give or get. */
final class TextFiles {

  private TextFiles() {}

  /** The lines of a file that aren't blank. */
  static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream()
          .map(String::strip)
          .filter(s -> !s.isEmpty())
          .toList();
    } catch (NoSuchFileException e) {
      throw new UserException(file + ": no such file; check the path", e);
    } catch (IOException e) {
      throw new UserException(file + ": can't be read as UTF-8 text (" + e + ")", e);
    }
  }

  /** Writes a file whole or not at all. */
  static void write(Path file, String text) {
    AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }
}
