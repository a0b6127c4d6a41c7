package io.github.dar.config;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Why the file system refused, in the user's words. */
public final class DiskError {

  private DiskError() {}

  /**
   * The reason, as a part of a sentence: from the innermost exception, which knows.
   *
   * @param failure may be wrapped
   */
  public static String why(Throwable failure) {
    Throwable inner = failure;
    while (inner.getCause() != null && !(inner instanceof IOException)) {
      inner = inner.getCause();
    }
    if (inner instanceof AccessDeniedException) {
      return "permission denied: " + inner.getMessage();
    }
    if (inner instanceof NoSuchFileException) {
      return "there is no " + inner.getMessage();
    }
    if (inner instanceof FileAlreadyExistsException) {
      return inner.getMessage() + " is a file where a folder is needed";
    }
    if (inner instanceof FileSystemException e && e.getReason() == null) {
      return e.getClass().getSimpleName() + ": " + e.getMessage();
    }
    return inner.getMessage();
  }
}
