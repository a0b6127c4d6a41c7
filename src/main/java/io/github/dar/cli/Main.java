package io.github.dar.cli;

import io.github.dar.engine.NativeCalls;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** Where the program starts. The only place that ends it or knows the process's streams. */
public final class Main {

  /** The longest native call is a training step of a large model on a processor. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

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
    AtomicBoolean done = new AtomicBoolean();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> sayInterrupted(console, done)));
    int code = Dar.run(console, args);
    done.set(true);
    console.out().flush();
    console.err().flush();
    System.exit(code);
  }

  /** Ctrl-C and kill end the process through the shutdown hooks, in the middle of a command. */
  private static void sayInterrupted(Console console, AtomicBoolean done) {
    if (!done.get()) {
      String newLine = console.errTerminal() ? System.lineSeparator() : "";
      console
          .err()
          .println(
              newLine
                  + "dar: interrupted; what is complete is kept; a training goes on from its last checkpoint by the same command");
      NativeCalls.stop(PATIENCE);
    }
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
