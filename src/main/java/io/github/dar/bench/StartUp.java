package io.github.dar.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A short command in a process of its own, beside a Java that starts and ends. */
final class StartUp implements Probe {

  private static final double MILLI = 1e3;
  private static final int LONGEST_SECONDS = 60;

  private final List<String> command;
  private final List<String> java;

  /**
   * @param java the same Java with nothing to do
   */
  StartUp(List<String> command, List<String> java) {
    this.command = command;
    this.java = java;
  }

  static Row row(String name) {
    return new Row("start-up", name, "ms", "ms", "java -version", true);
  }

  @Override
  public List<Reading> round() {
    double before = milliseconds(java);
    double program = milliseconds(command);
    double after = milliseconds(java);
    return List.of(new Reading(program, program, (before + after) / 2));
  }

  private static double milliseconds(List<String> command) {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    long begin = System.nanoTime();
    Process process = null;
    try {
      process = builder.start();
      if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IllegalStateException("this command doesn't end well: " + command);
      }
      return Stopwatch.since(begin) * MILLI;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a command was timed", e);
    } finally {
      if (process != null) {
        process.destroyForcibly();
      }
    }
  }
}
