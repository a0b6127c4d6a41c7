package io.github.dar.bench;

import java.util.List;
import java.util.function.Supplier;

/**
 * Rows that are measured together.
 *
 * @param group the word that chooses it
 * @param rows one or more
 * @param weight its part of the time, beside those of the others
 * @param least seconds that setting up, warming up and one round take, about; it isn't begun with
 *     less
 * @param opener sets it up; null where it can't be measured
 * @param missing why it can't be measured; empty if it can
 */
record Case(
    String group,
    List<Row> rows,
    double weight,
    double least,
    Supplier<Probe> opener,
    String missing) {

  /** What can be measured. */
  static Case of(
      String group, List<Row> rows, double weight, double least, Supplier<Probe> opener) {
    return new Case(group, rows, weight, least, opener, "");
  }

  /** What can't be measured here, and why. */
  static Case missing(String group, String name, String why) {
    Row row = new Row(name, "", "", "", "", false);
    return new Case(group, List.of(row), 0, 0, null, why);
  }
}
