package io.github.dar.cli;

import io.github.dar.config.DiskError;
import io.github.dar.config.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Places to write to, checked before the work begins. */
final class OutputPaths {

  private OutputPaths() {}

  /** Refuses a file that can't be written, and makes its folder. */
  static void checkFile(String option, Path file) {
    if (Files.isDirectory(file)) {
      throw new UserException(option + " " + file + ": is a folder; give a file");
    }
    Path folder = file.toAbsolutePath().getParent();
    makeFolder(option, folder);
  }

  /** Makes a folder where there is none, and refuses one that can't be written to. */
  static void makeFolder(String option, Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UserException(
          option + " " + folder + ": can't be made (" + DiskError.why(e) + "); give another place",
          e);
    }
    if (!Files.isWritable(folder)) {
      throw new UserException(option + " " + folder + ": is not writable; give another place");
    }
  }
}
