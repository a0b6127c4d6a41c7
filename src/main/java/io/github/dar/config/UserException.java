package io.github.dar.config;

/**
 * Something the user can mend: a wrong flag, file, class or configuration. Its message is one line
 * that names the thing, says what is wrong with it and what to do. The command line prints it
 * without a stack trace and exits with 2.
 */
public sealed class UserException extends RuntimeException permits InvalidValue {

  /**
   * @param message what is wrong, where, and the mend, in one line
   */
  public UserException(String message) {
    super(oneLine(message));
  }

  /**
   * @param message what is wrong, where, and the mend, in one line
   * @param cause shown with {@code -v} only
   */
  public UserException(String message, Throwable cause) {
    super(oneLine(message), cause);
  }

  /** Keeps the promise of one line where the message quotes what the user wrote over several. */
  private static String oneLine(String message) {
    return message.replaceAll("\\R\\s*", " ");
  }
}
