package io.github.dar.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Runs dar in this process and keeps what it says. */
final class Cli {

  private final Map<String, String> env = new HashMap<>();
  private boolean terminal;
  private Path home = Path.of("no-home");

  /**
   * What a command did.
   *
   * @param code its exit code
   * @param out stdout
   * @param err stderr
   */
  record Result(int code, String out, String err) {}

  static Result run(String... args) {
    return new Cli().execute(args);
  }

  /** Says where the checkout is. */
  Cli at(Path folder) {
    home = folder;
    return this;
  }

  /** Sets an environment variable. */
  Cli with(String name, String value) {
    env.put(name, value);
    return this;
  }

  /** Pretends that stderr is a terminal with colours. */
  Cli onTerminal() {
    terminal = true;
    return with("COLORTERM", "truecolor");
  }

  Result execute(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            terminal,
            100,
            home,
            env);
    int code = Dar.run(console, args);
    return new Result(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** A file of the weights' tests. */
  static String checkpoint(String name) {
    return "src/test/resources/io/github/dar/weights/checkpoints/" + name;
  }
}
