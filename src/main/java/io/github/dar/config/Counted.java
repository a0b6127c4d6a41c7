package io.github.dar.config;

/** Counts of things in words. */
public final class Counted {

  private Counted() {}

  /**
   * Returns "1 image" or "2 images".
   *
   * @param noun of one thing, in a form whose plural takes an s, or es after an s
   */
  public static String of(long count, String noun) {
    return count + " " + (count == 1 ? noun : noun + (noun.endsWith("s") ? "es" : "s"));
  }
}
