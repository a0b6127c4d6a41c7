package io.github.dar.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The result as text: the machine, its limits, a line for each row, what was left out. */
final class BenchTable {

  private static final String GAP = "  ";

  private BenchTable() {}

  static List<String> lines(BenchResult result) {
    List<String> out = new ArrayList<>();
    Machine machine = result.machine();
    out.add(
        "%s, %d cores, %.0f GB; %s"
            .formatted(
                machine.processor(), machine.cores(), machine.memory() / 1e9, machine.compute()));
    if (machine.isBusy()) {
      out.add(
          text(
              "other programs were at work (load %.1f): stop them for figures to compare",
              machine.load()));
    }
    out.add("model: " + result.model());
    out.add("");
    out.addAll(aligned(limits(result.limits())));
    out.add("");
    if (!result.rows().isEmpty()) {
      out.addAll(aligned(rows(result.rows())));
      out.add("");
    }
    for (LeftOut left : result.leftOut()) {
      String detail = left.row().detail().isEmpty() ? "" : ", " + left.row().detail();
      out.add("left out: " + left.row().name() + detail + ": " + left.why());
    }
    out.add(text("%.0f s; medians, the least and the most in brackets", result.seconds()));
    return out;
  }

  private static List<List<String>> limits(List<BenchResult.Limit> limits) {
    List<List<String>> cells = new ArrayList<>();
    cells.add(List.of("limit of this machine", "median", "best"));
    for (BenchResult.Limit limit : limits) {
      cells.add(
          List.of(
              limit.name(),
              spread(limit.values()) + " " + limit.unit(),
              number(limit.values().max())));
    }
    return cells;
  }

  private static List<List<String>> rows(List<Measured> rows) {
    List<List<String>> cells = new ArrayList<>();
    cells.add(List.of("what", "time", "achieved", "limit", "share", "of"));
    for (Measured measured : rows) {
      Row row = measured.row();
      boolean isTime = row.timeUnit().equals(row.unit());
      cells.add(
          List.of(
              row.name(),
              spread(measured.time()) + " " + row.timeUnit(),
              isTime ? "" : number(measured.achieved().median()) + " " + row.unit(),
              measured.limit().map(limit -> limit(limit, row)).orElse("-"),
              measured.share().map(share -> text("%.0f%%", 100 * share.median())).orElse("-"),
              row.detail() + (row.limit().isEmpty() ? "" : "; limit: " + row.limit())));
    }
    return cells;
  }

  private static String limit(Spread limit, Row row) {
    return number(limit.median()) + " " + row.unit();
  }

  private static String spread(Spread spread) {
    return "%s (%s to %s)"
        .formatted(number(spread.median()), number(spread.min()), number(spread.max()));
  }

  /** Three digits, more only before the point. */
  static String number(double value) {
    double size = Math.abs(value);
    return text(size >= 99.95 ? "%.0f" : size >= 9.995 ? "%.1f" : "%.2f", value);
  }

  private static String text(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  private static List<String> aligned(List<List<String>> cells) {
    int columns = cells.get(0).size();
    List<String> out = new ArrayList<>();
    for (List<String> line : cells) {
      StringBuilder text = new StringBuilder();
      for (int column = 0; column < columns; column++) {
        int at = column;
        int width = cells.stream().mapToInt(row -> row.get(at).length()).max().orElse(0);
        String cell = line.get(column);
        text.append(cell).append(" ".repeat(width - cell.length())).append(GAP);
      }
      out.add(text.toString().stripTrailing());
    }
    return out;
  }
}
