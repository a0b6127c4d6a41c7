package io.github.dar.bench;

import java.util.List;

/**
 * How this program is started in another process.
 *
 * @param programs short commands of it
 * @param java the same Java with nothing to do
 */
public record StartUpCommands(List<Program> programs, List<String> java) {

  /**
   * A short command.
   *
   * @param name as a user would write it
   */
  public record Program(String name, List<String> command) {}
}
