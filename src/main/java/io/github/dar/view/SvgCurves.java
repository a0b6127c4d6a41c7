package io.github.dar.view;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * A pair of axes with lines, as SVG inside a page: sharp at any size, in the page's own colours
 * (classes {@code chart}, {@code rule}, {@code title}, variables {@code --line-0}...).
 *
 * @param title above the axes
 * @param xLabel below them
 * @param series 1 to 4, told apart by colour and named where there is more than one
 */
public record SvgCurves(String title, String xLabel, List<Series> series) {

  private static final int WIDTH = 520;
  private static final int HEIGHT = 260;
  private static final int LEFT = 60;
  private static final int RIGHT = 24;
  private static final int TOP = 40;
  private static final int BOTTOM = 42;
  private static final int COLORS = 4;

  /** Checks that there is something to draw. */
  public SvgCurves {
    if (series.isEmpty() || series.size() > COLORS) {
      throw new IllegalArgumentException(
          "%s has %d series; 1 to %d can be told apart".formatted(title, series.size(), COLORS));
    }
    series = List.copyOf(series);
  }

  /** The drawing. */
  public String draw() {
    Ticks x = ticks(series, Series::steps);
    Ticks y = ticks(series, Series::values);
    StringBuilder svg =
        new StringBuilder(
            "<svg class=\"chart\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n"
                .formatted(WIDTH, HEIGHT, Html.text(title)));
    text(svg, 16, 24, "title", "start", title);
    for (double at : y.all()) {
      double height = height(y, at);
      svg.append(
          format(
              "<line class=\"rule\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>\n",
              LEFT, WIDTH - RIGHT, height, height));
      text(svg, LEFT - 8, height + 4, "tick", "end", y.label(at));
    }
    for (double at : x.all()) {
      text(svg, across(x, at), HEIGHT - 24, "tick", "middle", x.label(at));
    }
    text(svg, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 7, "tick", "middle", xLabel);
    for (int i = 0; i < series.size(); i++) {
      line(svg, i, x, y);
    }
    return svg.append("</svg>\n").toString();
  }

  private void line(StringBuilder svg, int index, Ticks x, Ticks y) {
    Series line = series.get(index);
    svg.append("<polyline style=\"stroke:var(--line-%d)\" points=\"".formatted(index));
    for (int i = 0; i < line.steps().length; i++) {
      if (Double.isFinite(line.values()[i])) {
        svg.append(format("%.1f,%.1f ", across(x, line.steps()[i]), height(y, line.values()[i])));
      }
    }
    svg.append("\"/>\n");
    if (series.size() > 1) {
      double top = TOP + 12 + 16 * index;
      svg.append(
          format(
              "<text style=\"fill:var(--line-%d)\" text-anchor=\"end\" x=\"%d\" y=\"%.1f\">%s</text>\n",
              index, WIDTH - RIGHT - 6, top, Html.text(line.name())));
    }
  }

  /** Round numbers from at or below the least value to at or above the greatest. */
  private record Ticks(double first, double step, int count) {

    static Ticks of(double least, double greatest) {
      double flat = least == 0 ? 1 : Math.abs(least);
      double range = greatest > least ? greatest - least : flat;
      double rough = range / 4;
      double power = Math.pow(10, Math.floor(Math.log10(rough)));
      double step =
          power * (rough / power <= 1 ? 1 : rough / power <= 2 ? 2 : rough / power <= 5 ? 5 : 10);
      double first = Math.floor(least / step + 1e-9);
      double last = Math.max(first + 1, Math.ceil(greatest / step - 1e-9));
      return new Ticks(first * step, step, (int) (last - first) + 1);
    }

    double[] all() {
      double[] all = new double[count];
      Arrays.setAll(all, i -> first + i * step);
      return all;
    }

    double share(double value) {
      return (value - first) / (step * (count - 1));
    }

    String label(double at) {
      int digits = (int) Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
      return format("%." + digits + "f", Math.abs(at) < step / 2 ? 0.0 : at);
    }
  }

  private static Ticks ticks(List<Series> all, Function<Series, double[]> of) {
    double least = extreme(all, of, values -> Arrays.stream(values).min().orElse(0), true);
    double greatest = extreme(all, of, values -> Arrays.stream(values).max().orElse(1), false);
    return Ticks.of(least, greatest);
  }

  private static double extreme(
      List<Series> all,
      Function<Series, double[]> of,
      ToDoubleFunction<double[]> each,
      boolean least) {
    var found =
        all.stream()
            .map(of)
            .map(values -> Arrays.stream(values).filter(Double::isFinite).toArray())
            .mapToDouble(each);
    return (least ? found.min() : found.max()).orElse(0);
  }

  private static double across(Ticks x, double step) {
    return LEFT + x.share(step) * (WIDTH - LEFT - RIGHT);
  }

  private static double height(Ticks y, double value) {
    return HEIGHT - BOTTOM - y.share(value) * (HEIGHT - TOP - BOTTOM);
  }

  private static void text(
      StringBuilder svg, double x, double y, String kind, String anchor, String text) {
    svg.append(
        format(
            "<text class=\"%s\" text-anchor=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>\n",
            kind, anchor, x, y, Html.text(text)));
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
