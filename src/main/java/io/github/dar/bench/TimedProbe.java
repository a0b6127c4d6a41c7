package io.github.dar.bench;

import java.util.List;

/** Work whose limit is a product or reading: times it between two measurements of that limit. */
final class TimedProbe implements Probe {

  /** One piece of work. */
  interface Task extends AutoCloseable {

    /** What isn't timed. */
    default void prepare() {}

    /** What is timed; ends when the device has done it. */
    void run();

    @Override
    default void close() {}
  }

  private static final double MILLI = 1e3;
  private static final double GIGA = 1e9;

  private final Limits limits;
  private final Limits.Kind kind;
  private final double amount;
  private final int items;
  private final Task task;

  /**
   * @param kind what bounds it
   * @param demand of one run
   * @param items that a run makes, for the time of one
   */
  TimedProbe(Limits limits, Limits.Kind kind, Demand demand, int items, Task task) {
    this.limits = limits;
    this.kind = kind;
    this.amount = kind == Limits.Kind.READ ? demand.bytes() : demand.flops();
    this.items = items;
    this.task = task;
  }

  /** What bounds some work on this machine. */
  static Limits.Kind bound(Limits limits, Demand demand) {
    return demand.isBoundByMemory(limits.flopsPerSecond(), limits.bytesPerSecond())
        ? Limits.Kind.READ
        : limits.product();
  }

  /** A row of such work. */
  static Row row(String name, String detail, String timeUnit, Limits.Kind kind) {
    return new Row(name, detail, timeUnit, kind.unit(), kind.text(), false);
  }

  @Override
  public void warmUp() {
    task.prepare();
    task.run();
  }

  @Override
  public List<Reading> round() {
    task.prepare();
    double before = limits.measure(kind);
    double seconds = Stopwatch.seconds(task::run);
    double after = limits.measure(kind);
    return List.of(
        new Reading(seconds * MILLI / items, amount / seconds / GIGA, (before + after) / 2));
  }

  @Override
  public void close() {
    task.close();
  }
}
