package io.github.dar.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.dar.view.Progress;
import io.github.dar.view.TerminalColors;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a command talks to: results go to {@code out}, everything else to {@code err}.
 *
 * @param out UTF-8
 * @param err UTF-8
 * @param outTerminal whether results reach a terminal
 * @param errTerminal whether progress reaches a terminal
 * @param columns characters a line of the terminal has
 * @param home the folder of the installed program or of the checkout
 * @param env the environment variables
 */
record Console(
    PrintStream out,
    PrintStream err,
    boolean outTerminal,
    boolean errTerminal,
    int columns,
    Path home,
    Map<String, String> env) {

  /** How progress is shown: redrawn on a terminal, plain lines now and then elsewhere. */
  Progress.Output progress() {
    return Progress.Output.of(err, errTerminal, columns);
  }

  /** Progress that no one sees. */
  Progress.Output silence() {
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, UTF_8);
    return Progress.Output.of(nowhere, false, columns);
  }

  /** The colours in which pictures can be shown on {@code err}. */
  TerminalColors colors() {
    return TerminalColors.detect(env, errTerminal);
  }
}
