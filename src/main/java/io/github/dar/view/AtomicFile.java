package io.github.dar.view;

import io.github.dar.config.UserException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writes a file so that it is there whole or not at all: into a temporary file beside it, renamed
 * when complete. Who looks at a run while it works never sees half a picture.
 */
final class AtomicFile {

  private AtomicFile() {}

  /** What fills the file. */
  @FunctionalInterface
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /** Writes {@code content} to {@code file}, making its folder where there is none. */
  static void write(Path file, Content content) {
    Path target = file.toAbsolutePath();
    // Not Files.createTempFile: that makes files only their owner can read.
    Path temp = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
    try {
      Files.createDirectories(target.getParent());
      try (OutputStream out = Files.newOutputStream(temp, StandardOpenOption.CREATE_NEW)) {
        content.writeTo(out);
      }
      move(temp, target);
    } catch (IOException e) {
      deleteQuietly(temp, e);
      throw new UserException("Can't write " + file + ": " + reason(e, target.getParent()), e);
    } catch (RuntimeException e) {
      deleteQuietly(temp, e);
      throw e;
    }
  }

  private static void move(Path temp, Path target) throws IOException {
    try {
      Files.move(temp, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      // Some network drives can't; complete is then the best there is.
      Files.move(temp, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static String reason(IOException e, Path folder) {
    if (e instanceof AccessDeniedException) {
      return "the folder " + folder + " is not writable; choose another or change its permissions";
    }
    if (e instanceof FileAlreadyExistsException) {
      return e.getMessage() + " is a file where a folder is needed; choose another path";
    }
    if (Files.isDirectory(folder) && folder.toFile().getUsableSpace() < 1 << 20) {
      return "the disk is full; free some space or choose another folder";
    }
    return e.getMessage() + "; choose another path or mend that";
  }

  private static void deleteQuietly(Path temp, Exception why) {
    try {
      Files.deleteIfExists(temp);
    } catch (IOException e) {
      why.addSuppressed(e);
    }
  }
}
