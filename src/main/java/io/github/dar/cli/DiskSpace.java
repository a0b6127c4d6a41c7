package io.github.dar.cli;

import io.github.dar.config.DiskError;
import io.github.dar.config.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Room on the disk, looked at before the work and not found out by it. */
final class DiskSpace {

  private DiskSpace() {}

  /**
   * Refuses a folder on a disk with too little room.
   *
   * @param option what the folder was given as
   * @param folder need not be there yet
   * @param needed bytes that will be written into it
   */
  static void require(String option, Path folder, long needed) {
    Path there = folder.toAbsolutePath().normalize();
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    try {
      require(option, folder, needed, Files.getFileStore(there).getUsableSpace());
    } catch (IOException e) {
      throw new UserException(
          "%s %s: can't be looked at (%s)".formatted(option, folder, DiskError.why(e)), e);
    }
  }

  static void require(String option, Path folder, long needed, long free) {
    if (free < needed) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s %s: %,d bytes are needed there and its disk has %,d free; free some space or give another folder",
              option,
              folder,
              needed,
              free));
    }
  }
}
