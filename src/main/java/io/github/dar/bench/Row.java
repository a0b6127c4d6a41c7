package io.github.dar.bench;

/**
 * A line of the table, before it is measured.
 *
 * @param name of what is measured
 * @param detail what of it: sizes, layers, rows
 * @param timeUnit of the time that people ask for, say {@code ms/token}
 * @param unit of what is achieved and of its limit
 * @param limit what bounds it, in words; empty where nothing does
 * @param lessIsBetter whether what is achieved is a cost, which the limit is below
 */
record Row(
    String name, String detail, String timeUnit, String unit, String limit, boolean lessIsBetter) {

  /** What fraction of the limit is reached; 1 is the best. */
  double share(Reading reading) {
    return lessIsBetter
        ? reading.limit() / reading.achieved()
        : reading.achieved() / reading.limit();
  }
}
