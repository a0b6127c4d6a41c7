package io.github.dar.cli;

import io.github.dar.config.DiskError;
import io.github.dar.config.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Folders that a command made for itself. */
final class Folders {

  private Folders() {}

  /** A new folder where the system keeps what may go; the caller deletes it. */
  static Path temporary(String prefix) {
    try {
      return Files.createTempDirectory(prefix);
    } catch (IOException e) {
      throw new UserException(
          "no temporary folder can be made (" + DiskError.why(e) + "); set -Djava.io.tmpdir", e);
    }
  }

  /** Deletes a folder and what is in it; links are deleted, not followed. */
  static void delete(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UserException(
          folder + " can't be deleted (" + DiskError.why(e) + "); delete it by hand", e);
    }
  }

  /** Whether there is nothing in it, or no such folder. */
  static boolean isEmpty(Path folder) {
    try (Stream<Path> all = Files.exists(folder) ? Files.list(folder) : Stream.empty()) {
      return all.findAny().isEmpty();
    } catch (IOException e) {
      throw new UserException(folder + " can't be read (" + DiskError.why(e) + ")", e);
    }
  }
}
