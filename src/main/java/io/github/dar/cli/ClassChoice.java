package io.github.dar.cli;

import io.github.dar.config.Nearest;
import io.github.dar.config.UserException;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;

/**
 * Which classes are sampled.
 *
 * @param classes of the images, numbered class by class: {@code [n]}
 * @param label names the choice: for a folder
 * @param columns of a grid that shows it: a class a row where there are several
 */
record ClassChoice(long[] classes, String label, int columns) {

  private static final int MOST_COLUMNS = 8;

  /** Longer lists of names are not shown in an error. */
  private static final int LISTED = 20;

  /**
   * Reads {@code --class}.
   *
   * @param text ids or names, separated by commas; {@code all}; null for any classes
   * @param count images a class, or in all where no class is named
   * @param names of all classes, or none
   * @param numClasses how many there are
   * @param seed of the choice where no class is named
   */
  static ClassChoice parse(String text, int count, List<String> names, int numClasses, long seed) {
    if (text == null) {
      long[] drawn =
          LongStream.range(0, count)
              .map(i -> RandomStream.of(seed, Purpose.CLASS_CHOICE, i).nextInt(numClasses))
              .toArray();
      return new ClassChoice(drawn, "any", square(count));
    }
    if (text.equals("all")) {
      return of(LongStream.range(0, numClasses).boxed().toList(), count, "all");
    }
    List<Long> chosen = new ArrayList<>();
    for (String word : words(text, names)) {
      if (word.isBlank()) {
        throw new UserException(
            "--class '"
                + text
                + "': a class is missing; give ids or names with commas between, or all");
      }
      chosen.add(id(word.strip(), names, numClasses));
    }
    return of(chosen, count, text.replaceAll("[^A-Za-z0-9_.-]+", "-"));
  }

  private static ClassChoice of(List<Long> chosen, int count, String label) {
    long[] classes =
        chosen.stream().flatMapToLong(id -> LongStream.generate(() -> id).limit(count)).toArray();
    boolean rows = chosen.size() > 1 && count > 1 && count <= MOST_COLUMNS;
    return new ClassChoice(classes, label, rows ? count : square(classes.length));
  }

  private static int square(int images) {
    return Math.min(MOST_COLUMNS, (int) Math.ceil(Math.sqrt(images)));
  }

  /** Some names hold commas themselves. */
  private static List<String> words(String text, List<String> names) {
    return names.contains(text) ? List.of(text) : List.of(text.split(",", -1));
  }

  private static long id(String word, List<String> names, int numClasses) {
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equalsIgnoreCase(word)) {
        return i;
      }
    }
    if (word.matches("\\d{1,9}")) {
      int id = Integer.parseInt(word);
      if (id >= numClasses) {
        throw new UserException(
            "--class %d: the model has the classes 0 to %d; give one of them"
                .formatted(id, numClasses - 1));
      }
      return id;
    }
    if (names.isEmpty()) {
      throw new UserException(
          "--class %s: the model has no names; give a number from 0 to %d"
              .formatted(word, numClasses - 1));
    }
    throw new UserException("--class " + word + ": no such class; " + hint(word, names));
  }

  private static String hint(String word, List<String> names) {
    String lower = word.toLowerCase(Locale.ROOT);
    List<String> holding =
        names.stream().filter(n -> n.toLowerCase(Locale.ROOT).contains(lower)).toList();
    if (Nearest.to(word, names).isPresent() || names.size() <= LISTED) {
      return Nearest.hint(word, names);
    }
    return holding.isEmpty() || holding.size() > LISTED
        ? "dar info MODEL lists the " + names.size() + " names"
        : "there are " + String.join("; ", holding);
  }
}
