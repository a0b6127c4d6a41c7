package io.github.dar.cli;

import io.github.dar.config.ClassList;
import io.github.dar.config.UserException;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Which classes are sampled.
 *
 * @param classes of the images, numbered class by class: {@code [n]}
 * @param label names the choice: for a folder
 * @param columns of a grid that shows it: a class a row where there are several
 */
record ClassChoice(long[] classes, String label, int columns) {

  /** Longer names of folders can't be read, and from 256 on not be made. */
  private static final int LONGEST = 60;

  private static final int MOST_COLUMNS = 8;

  /**
   * Reads {@code --class}.
   *
   * @param text ids or names, separated by commas; {@code all}; null for any classes
   * @param count images a class, or in all where no class is named
   * @param known the model's classes
   * @param seed of the choice where no class is named
   */
  static ClassChoice parse(String text, int count, ClassList known, long seed) {
    if (text == null) {
      long[] drawn =
          LongStream.range(0, count)
              .map(i -> RandomStream.of(seed, Purpose.CLASS_CHOICE, i).nextInt(known.count()))
              .toArray();
      return new ClassChoice(drawn, "any", square(count));
    }
    if (text.equals("all")) {
      return of(LongStream.range(0, known.count()).boxed().toList(), count, "all");
    }
    List<Long> chosen = new ArrayList<>();
    for (String word : words(text, known.names())) {
      if (word.isBlank()) {
        throw new UserException(
            "--class '"
                + text
                + "': a class is missing; give ids or names with commas between, or all");
      }
      chosen.add(known.id("--class", word.strip()));
    }
    String label = text.replaceAll("[^A-Za-z0-9_.-]+", "-");
    return of(chosen, count, label.length() > LONGEST ? chosen.size() + "-classes" : label);
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
}
