package io.github.dar.view;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * How far a job is, on one line: bar, percent, count, rate, time left. On a terminal it is redrawn
 * in place; elsewhere (a log file, a CI job) it is a plain line now and then. Threads may share it.
 */
public final class Progress implements AutoCloseable {

  private static final long REDRAW_NANOS = 100_000_000;
  private static final long REPORT_NANOS = 10_000_000_000L;
  private static final int LONGEST_BAR = 30;
  private static final int SHORTEST_BAR = 8;
  private static final String ERASE_LINE = "\r\u001b[K";

  /** The rate forgets what is older than about this: the first steps are the slowest. */
  private static final double MEMORY_SECONDS = 30;

  /**
   * Where and how it is shown.
   *
   * @param out usually stderr; on a terminal it must write UTF-8
   * @param terminal whether lines can be redrawn
   * @param columns characters a line of the terminal has
   * @param every the time between plain lines
   * @param nanos the clock, as {@link System#nanoTime}
   */
  public record Output(
      PrintStream out, boolean terminal, int columns, Duration every, LongSupplier nanos) {

    /** The usual: 30 s between plain lines. */
    public static Output of(PrintStream out, boolean terminal, int columns) {
      return new Output(out, terminal, columns, Duration.ofSeconds(30), System::nanoTime);
    }
  }

  private final Output output;
  private final String label;
  private final String unit;
  private final long from;
  private final long total;
  private final long begin;
  private long done;
  private String note = "";
  private long drawnAt;
  private long drawnDone;
  private boolean drawn;
  private long reportedAt;
  private boolean reported;
  private boolean closed;
  private double recentDone;
  private double recentSeconds;

  /**
   * Starts the clock.
   *
   * @param output where it is shown
   * @param label what is being done
   * @param unit of what is counted: {@code step}, {@code img}
   * @param from where it starts; what an earlier run did says nothing about this one's rate
   * @param total where it ends, or 0 if that isn't known
   */
  public Progress(Output output, String label, String unit, long from, long total) {
    this.output = output;
    this.label = label;
    this.unit = unit;
    this.from = from;
    this.total = total;
    this.begin = output.nanos().getAsLong();
    this.done = from;
    this.drawnDone = from;
    this.drawnAt = begin;
  }

  /** So much is done. */
  public synchronized void update(long nowDone) {
    update(nowDone, note);
  }

  /** So much is done; the note ends the line, say {@code loss 0.123}. */
  public synchronized void update(long nowDone, String nowNote) {
    done = nowDone;
    note = nowNote;
    long now = output.nanos().getAsLong();
    long interval = output.terminal() ? REDRAW_NANOS : output.every().toNanos();
    if (!closed && (!drawn || now - drawnAt >= interval)) {
      measure(now);
      write(line(rate(recentDone, recentSeconds), left()));
      drawn = true;
    }
  }

  /** One more is done. */
  public synchronized void step() {
    update(done + 1, note);
  }

  /** Prints a line of its own above the bar. */
  public synchronized void print(String text) {
    if (output.terminal() && drawn && !closed) {
      output.out().print(ERASE_LINE + text + "\n");
      write(line(rate(recentDone, recentSeconds), left()));
    } else {
      output.out().print(text + "\n");
      output.out().flush();
    }
  }

  /**
   * So much is done, and that is worth a line of its own: it stays above the bar on a terminal, and
   * is the plain line elsewhere. Lines that follow too soon are left out, so that nobody who looks
   * away for an hour finds ten thousand.
   *
   * @param text what is to be said
   * @param must whether it is said in any case
   */
  public synchronized void report(long nowDone, String text, boolean must) {
    done = nowDone;
    long now = output.nanos().getAsLong();
    if (closed || reported && !must && now - reportedAt < REPORT_NANOS) {
      return;
    }
    measure(now);
    reported = true;
    reportedAt = now;
    if (output.terminal()) {
      print(label + " " + done + (total > 0 ? "/" + total : "") + "  " + text);
    } else {
      drawn = true;
      note = "";
      write(line("", left()) + ", " + text);
    }
  }

  /** The last line, with the whole time; later updates show nothing. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    double seconds = (output.nanos().getAsLong() - begin) / 1e9;
    write(line(rate(done - from, seconds), "in " + time(seconds)));
    if (output.terminal()) {
      output.out().print("\n");
      output.out().flush();
    }
  }

  private void measure(long now) {
    double elapsed = (now - drawnAt) / 1e9;
    double keep = Math.exp(-elapsed / MEMORY_SECONDS);
    recentDone = recentDone * keep + (done - drawnDone);
    recentSeconds = recentSeconds * keep + elapsed;
    drawnAt = now;
    drawnDone = done;
  }

  private void write(String line) {
    output.out().print(output.terminal() ? ERASE_LINE + line : line + "\n");
    output.out().flush();
  }

  private String line(String rate, String time) {
    String percent = total > 0 ? "%3d%%".formatted(Math.min(100, done * 100 / total)) : "";
    String count = done + (total > 0 ? "/" + total : "") + " " + unit;
    if (!output.terminal()) {
      return label + ": " + join(", ", percent.strip(), count, rate, time, note);
    }
    String tail = join("  ", percent, count, rate, time, note);
    // One column stays free: a line that fills the last one wraps on some terminals.
    int room = output.columns() - 1 - label.length() - tail.length() - 2;
    int bar = total > 0 && room >= SHORTEST_BAR ? Math.min(LONGEST_BAR, room) : 0;
    int full = bar == 0 ? 0 : (int) Math.max(0, Math.min(bar, done * bar / total));
    String line = join(" ", label, "━".repeat(full) + "─".repeat(bar - full), tail);
    return line.substring(0, Math.min(line.length(), Math.max(0, output.columns() - 1)));
  }

  private String left() {
    return total > 0 && recentDone > 0
        ? "ETA " + time(Math.max(0, total - done) * recentSeconds / recentDone)
        : "";
  }

  private String rate(double count, double seconds) {
    if (count <= 0 || seconds <= 0) {
      return "";
    }
    double rate = count / seconds;
    if (rate < 1) {
      return String.format(Locale.ROOT, "%.1f s/%s", 1 / rate, unit);
    }
    return String.format(Locale.ROOT, rate < 100 ? "%.1f %s/s" : "%.0f %s/s", rate, unit);
  }

  private static String time(double seconds) {
    Duration time = Duration.ofSeconds(Math.round(seconds));
    if (time.toDays() > 0) {
      return "%dd %02dh".formatted(time.toDays(), time.toHoursPart());
    }
    return time.toHours() > 0
        ? "%d:%02d:%02d".formatted(time.toHours(), time.toMinutesPart(), time.toSecondsPart())
        : "%d:%02d".formatted(time.toMinutes(), time.toSecondsPart());
  }

  private static String join(String separator, String... parts) {
    List<String> present = new ArrayList<>();
    for (String part : parts) {
      if (!part.isEmpty()) {
        present.add(part);
      }
    }
    return String.join(separator, present);
  }
}
