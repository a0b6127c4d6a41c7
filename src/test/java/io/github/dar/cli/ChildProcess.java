package io.github.dar.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** dar in a process of its own, which can be killed without harm to the tests. */
final class ChildProcess {

  private static final long LONGEST_SECONDS = 120;

  private final Process process;
  private final Path log;

  private ChildProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * Starts a command.
   *
   * @param log gets what it prints
   */
  static ChildProcess start(Path log, List<String> args) throws IOException {
    return start(log, List.of(), args);
  }

  /**
   * The same under a shell's limits.
   *
   * @param shell commands before it, such as {@code ulimit -f 100}
   */
  static ChildProcess start(Path log, List<String> shell, List<String> args) throws IOException {
    List<String> command = new ArrayList<>();
    if (!shell.isEmpty()) {
      String first = String.join("; ", shell);
      command.addAll(List.of("sh", "-c", first + "; exec \"$@\"", "sh"));
    }
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            // No file of the JVM's own, which the limit would count as well.
            "-XX:-UsePerfData",
            "-Xmx512m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Djava.awt.headless=true",
            "-DOPT_OUT_TRACKING=true",
            "-Dai.djl.offline=true",
            "-cp",
            // Surefire's own class path is a jar that names the real one.
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            "io.github.dar.cli.Main"));
    command.addAll(args);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    return new ChildProcess(builder.redirectOutput(log.toFile()).start(), log);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** As {@code kill -9}. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Asks it to end, as Ctrl-C and {@code kill} do; returns its exit code. */
  int terminate() throws InterruptedException {
    process.destroy();
    return await();
  }

  /** Presses Ctrl-C; returns its exit code. */
  int interrupt() throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-INT", "" + process.pid()).start().waitFor();
    return await();
  }

  /** Waits for its end and returns its exit code. */
  int await() throws InterruptedException {
    if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException("still running after " + LONGEST_SECONDS + " s");
    }
    return process.exitValue();
  }

  /** What it printed. */
  String output() throws IOException {
    return Files.readString(log);
  }
}
