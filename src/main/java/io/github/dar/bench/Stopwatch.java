package io.github.dar.bench;

/** Times a piece of work. */
final class Stopwatch {

  private Stopwatch() {}

  /** Seconds that the work takes. */
  static double seconds(Runnable work) {
    long begin = System.nanoTime();
    work.run();
    return since(begin);
  }

  /**
   * Seconds since a moment.
   *
   * @param begin what {@link System#nanoTime} said then
   */
  static double since(long begin) {
    return (System.nanoTime() - begin) / 1e9;
  }
}
