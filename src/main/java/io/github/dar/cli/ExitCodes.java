package io.github.dar.cli;

/** What the program returns to the shell. */
final class ExitCodes {

  /** Done. */
  static final int OK = 0;

  /** A failure of the program. */
  static final int FAILURE = 1;

  /** Wrong usage or wrong input. */
  static final int USAGE = 2;

  /** Stopped by the user; a JVM ended by Ctrl-C returns the same. */
  static final int INTERRUPTED = 130;

  private ExitCodes() {}
}
