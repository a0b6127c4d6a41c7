package io.github.dar.config;

import java.util.List;
import java.util.Locale;

/**
 * The classes that a model knows, and what people call them.
 *
 * @param names in the order of their numbers; empty where the model has none
 * @param count how many classes there are
 */
public record ClassList(List<String> names, int count) {

  /** Longer lists of names are not shown in an error. */
  private static final int LISTED = 20;

  /** Takes a copy of the names. */
  public ClassList {
    names = List.copyOf(names);
  }

  /**
   * The number of a class.
   *
   * @param option what the user gave the word as, named in errors
   * @param word a name, in any case, or a number; where both fit, the name is meant
   * @throws UserException if there is no such class; it says which name may have been meant
   */
  public long id(String option, String word) {
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equalsIgnoreCase(word)) {
        return i;
      }
    }
    if (word.matches("\\d{1,9}")) {
      return checked(option, Integer.parseInt(word));
    }
    if (names.isEmpty()) {
      throw new UserException(
          "%s %s: the model has no names; give a number from 0 to %d"
              .formatted(option, word, count - 1));
    }
    throw new UserException(option + " " + word + ": no such class; " + hint(word));
  }

  /**
   * The same number, if it is one of a class.
   *
   * @param option what the user gave it as, named in errors
   * @throws UserException if there is no such class
   */
  public long checked(String option, long id) {
    if (id < 0 || id >= count) {
      throw new UserException(
          "%s %d: the model has the classes 0 to %d; give one of them"
              .formatted(option, id, count - 1));
    }
    return id;
  }

  private String hint(String word) {
    String lower = word.toLowerCase(Locale.ROOT);
    List<String> holding =
        lower.isEmpty()
            ? List.of()
            : names.stream().filter(n -> n.toLowerCase(Locale.ROOT).contains(lower)).toList();
    boolean fewHoldIt = !holding.isEmpty() && holding.size() <= LISTED;
    if (names.size() <= LISTED || !fewHoldIt && Nearest.to(word, names).isPresent()) {
      return Nearest.hint(word, names);
    }
    return fewHoldIt
        ? "there are " + String.join("; ", holding)
        : "dar info MODEL lists the " + names.size() + " names";
  }
}
