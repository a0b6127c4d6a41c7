package io.github.dar.weights;

import io.github.dar.config.UserException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** What the file system refused, in the user's words. */
final class Failures {

  private Failures() {}

  static UserException unreadable(Path file, IOException e) {
    if (e instanceof NoSuchFileException) {
      return new UserException(file + " does not exist; check the path", e);
    }
    return new UserException("can't read " + file + ": " + reason(e), e);
  }

  static UserException unwritable(Path file, IOException e) {
    if (e instanceof NoSuchFileException) {
      return new UserException(
          "can't write " + file + ": its folder does not exist; create it first", e);
    }
    if (e instanceof FileAlreadyExistsException) {
      return new UserException(
          "can't write %s: %s is a file where a folder is needed; choose another place"
              .formatted(file, e.getMessage()),
          e);
    }
    return new UserException(
        "can't write "
            + file
            + ": "
            + reason(e)
            + "; choose another place or free some space (what was there before is untouched)",
        e);
  }

  /** Closes what a failed opening leaves behind; the failure itself is the news. */
  static void closeAfterFailure(Closeable open) {
    try {
      if (open != null) {
        open.close();
      }
    } catch (IOException e) {
      return;
    }
  }

  private static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
