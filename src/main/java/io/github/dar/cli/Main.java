package io.github.dar.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Where the program starts. The only place that ends it or knows the process's streams. */
public final class Main {

  private Main() {}

  /**
   * Runs one command.
   *
   * @param args as typed
   */
  public static void main(String[] args) {
    Console console =
        new Console(
            stream(FileDescriptor.out),
            stream(FileDescriptor.err),
            Boolean.getBoolean("dar.terminal.out"),
            Boolean.getBoolean("dar.terminal.err"),
            columns(),
            Path.of(System.getProperty("dar.home", "")),
            System.getenv());
    int code = Dar.run(console, args);
    console.out().flush();
    console.err().flush();
    System.exit(code);
  }

  /** Java 17 would write by the locale, which may be ASCII. */
  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }

  /** What the launcher saw, else what shells export, else the width of old. */
  private static int columns() {
    String exported = System.getenv().getOrDefault("COLUMNS", "");
    int usual = exported.matches("[1-9]\\d{0,4}") ? Integer.parseInt(exported) : 80;
    int columns = Integer.getInteger("dar.terminal.columns", usual);
    return columns > 0 ? columns : usual;
  }
}
