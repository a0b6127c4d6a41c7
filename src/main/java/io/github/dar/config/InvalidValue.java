package io.github.dar.config;

import java.util.Locale;

/**
 * A value that a record refuses. It carries the key apart from the message, so that whoever read
 * the value from a file can add the place where it stands.
 */
final class InvalidValue extends UserException {

  private final String key;

  private InvalidValue(String key, String message) {
    super(message);
    this.key = key;
  }

  /**
   * Refuses a value unless it keeps the rule.
   *
   * @param kept whether the rule is kept
   * @param key the YAML key, from the refusing record downwards
   * @param value the value under that key
   * @param rule what the value must be and what to set instead, as the end of a sentence
   */
  static void unless(boolean kept, String key, Object value, String rule) {
    if (!kept) {
      String shown = value instanceof Enum<?> e ? e.name().toLowerCase(Locale.ROOT) : "" + value;
      throw new InvalidValue(key, key + " is " + shown + "; " + rule);
    }
  }

  /** Refuses a whole number below a limit. */
  static void unlessAtLeast(long limit, String key, long value) {
    unless(value >= limit, key, value, "it must be " + limit + " or more");
  }

  /** Refuses a number that isn't positive and finite. */
  static void unlessPositive(String key, double value) {
    unless(value > 0 && Double.isFinite(value), key, value, "it must be a number above 0");
  }

  /** Refuses a number below 0 or infinite. */
  static void unlessNotNegative(String key, double value) {
    unless(value >= 0 && Double.isFinite(value), key, value, "it must be a number of 0 or more");
  }

  /** Refuses a number outside [0, 1). */
  static void unlessFraction(String key, double value) {
    unless(value >= 0 && value < 1, key, value, "it must be at least 0 and below 1");
  }

  /** The key of the refused value, from the refusing record downwards, dotted. */
  String key() {
    return key;
  }
}
