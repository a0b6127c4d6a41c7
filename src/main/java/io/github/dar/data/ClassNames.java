package io.github.dar.data;

import io.github.dar.config.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** Names for data whose labels are numbers: {@code classes.txt} beside it, a line each. */
final class ClassNames {

  private ClassNames() {}

  /**
   * The names of all classes; their numbers where there is no {@code classes.txt}.
   *
   * @param file of the data
   * @param classes how many there are at least: one more than the largest label
   */
  static List<String> beside(Path file, int classes) {
    Path names = file.resolveSibling("classes.txt");
    if (!Files.exists(names)) {
      return IntStream.range(0, classes).mapToObj(String::valueOf).toList();
    }
    try {
      List<String> lines =
          Files.readAllLines(names).stream().map(String::strip).filter(s -> !s.isEmpty()).toList();
      if (lines.size() < classes) {
        throw new UserException(
            "%s: %d names for %d classes; give a line for each class"
                .formatted(names, lines.size(), classes));
      }
      return lines;
    } catch (IOException e) {
      throw new UserException(names + ": can't be read (" + e.getMessage() + ")", e);
    }
  }
}
