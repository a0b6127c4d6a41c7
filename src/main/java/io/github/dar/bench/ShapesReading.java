package io.github.dar.bench;

import io.github.dar.config.Counted;
import io.github.dar.data.ShapesSource;
import java.util.List;

/**
 * The input pipeline on generated pictures: painted, cut, made floats. Nothing bounds it but
 * itself.
 */
final class ShapesReading implements Probe {

  private static final double MILLI = 1e3;

  private final ShapesSource source;
  private final int size;
  private final int threads;

  ShapesReading(int count, int size, int threads, long seed) {
    this.source = new ShapesSource(count, size, seed);
    this.size = size;
    this.threads = threads;
  }

  static Row row(int size, int threads) {
    String detail = "%dx%d, %s".formatted(size, size, Counted.of(threads, "thread"));
    return new Row("input: shapes", detail, "ms/image", "images/s", "", false);
  }

  @Override
  public List<Reading> round() {
    double seconds = Pictures.seconds(source, size, threads);
    return List.of(
        new Reading(seconds * MILLI / source.size(), source.size() / seconds, Double.NaN));
  }
}
