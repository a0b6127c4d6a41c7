package io.github.dar.data;

import io.github.dar.config.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** Names of the classes of data, in the order of their numbers. */
public final class ClassNames {

  private ClassNames() {}

  /**
   * Refuses data whose classes have other numbers than a configuration gives them: every picture
   * would be learned under a wrong name, and nothing else would tell. Names that the configuration
   * doesn't have say nothing.
   *
   * @param data what the user calls the data
   * @param found the data's classes, in the order of their numbers
   * @param wanted the configuration's {@code classes}; may be empty
   * @throws UserException if a class has one number here and another there
   */
  public static void checkOrder(String data, List<String> found, List<String> wanted) {
    for (int id = 0; id < found.size(); id++) {
      String name = found.get(id);
      boolean elsewhere = id >= wanted.size() || !wanted.get(id).equals(name);
      if (elsewhere && wanted.contains(name)) {
        throw new UserException(
            "%s: '%s' is class %d of the data, but class %d in 'classes' of the configuration; put 'classes' into the order that dar info shows"
                .formatted(data, name, id, wanted.indexOf(name)));
      }
    }
  }

  /**
   * The data's names for a configuration that has none.
   *
   * @param found the data's classes, in the order of their numbers
   * @param classes of the configuration
   * @return none where the numbers of classes differ, or where the names are numbers themselves,
   *     which would be taken for those of other classes
   */
  public static List<String> taken(List<String> found, int classes) {
    boolean numbers = found.stream().anyMatch(name -> name.matches("\\d+"));
    return numbers || found.size() != classes ? List.of() : found;
  }

  /**
   * The names for data whose labels are numbers: {@code classes.txt} beside it, a line each; the
   * numbers where there is no {@code classes.txt}.
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
