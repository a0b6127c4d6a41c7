package io.github.dar.view;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.DoublePredicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws one {@link Curves.Panel}. */
final class CurvePanel {

  static final Color INK = new Color(0x2B2F36);
  private static final Color QUIET = new Color(0x6B7280);
  private static final Color RULE = new Color(0xE5E7EB);

  /** Told apart by the colour-blind too, and in this order. */
  private static final List<Color> COLORS =
      List.of(
          new Color(0x2F6DB5),
          new Color(0xE07B28),
          new Color(0x2E9E73),
          new Color(0xC2408A),
          new Color(0x7A5CB8),
          new Color(0x8B6A3E),
          new Color(0x3FA7C9),
          new Color(0x5F6672));

  private static final int FAINT = 70;

  private CurvePanel() {}

  static BufferedImage draw(Curves.Panel panel, int width, int height) {
    XYChart chart = new XYChart(width, height);
    chart.setTitle(panel.title());
    chart.setXAxisTitle(panel.xLabel());
    style(chart.getStyler(), panel);
    boolean obvious = panel.series().size() == 1;
    for (int i = 0; i < panel.series().size(); i++) {
      String label = add(chart, panel, panel.series().get(i), color(i, panel.series().size()));
      obvious &= label.equals(panel.title());
    }
    chart.getStyler().setLegendVisible(!obvious);
    if (panel.series().size() > COLORS.size()) {
      // A row of so many would be cut off.
      chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
      chart.getStyler().setLegendLayout(Styler.LegendLayout.Vertical);
    }
    Range x = Range.of(chart.getSeriesCollection(), XYSeries::getXMin, XYSeries::getXMax);
    Range y = Range.of(chart.getSeriesCollection(), XYSeries::getYMin, XYSeries::getYMax);
    breakSpacing(chart, x, y);
    labelTicks(chart, panel, x, y);
    return BitmapEncoder.getBufferedImage(chart);
  }

  /** One of the palette; of more lines than it has, a step on the way through the hues. */
  private static Color color(int line, int lines) {
    return lines <= COLORS.size()
        ? COLORS.get(line)
        : Color.getHSBColor(0.75f * line / lines, 0.75f, 0.75f);
  }

  /** Returns the label of the line, which counts what could not be drawn. */
  private static String add(XYChart chart, Curves.Panel panel, Series series, Color color) {
    Series shown = drawable(series, panel);
    int hidden = series.steps().length - shown.steps().length;
    String label = series.name() + (hidden > 0 ? " (" + hidden + " not drawable)" : "");
    if (shown.steps().length == 0) {
      // The legend still names it; xchart draws nothing at NaN.
      shown = new Series(series.name(), new double[] {1}, new double[] {Double.NaN});
    }
    boolean smooth = panel.smoothing() > 0 && shown.steps().length > 2;
    if (smooth) {
      Color faint = new Color(color.getRed(), color.getGreen(), color.getBlue(), FAINT);
      line(chart, shown, faint, 1f).setShowInLegend(false);
      shown = new Series(series.name(), shown.steps(), smooth(shown.values(), panel.smoothing()));
    }
    line(chart, shown, color, 2f).setLabel(label);
    return label;
  }

  private static XYSeries line(XYChart chart, Series series, Color color, float width) {
    String id = Integer.toString(chart.getSeriesCollection().size());
    XYSeries line = chart.addSeries(id, series.steps(), series.values());
    line.setLineColor(color);
    line.setLineStyle(new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    // A line of one point can't be seen.
    line.setMarker(series.steps().length == 1 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
    line.setMarkerColor(color);
    return line;
  }

  /**
   * Without what has no place on the axes: NaN, infinities, and on a logarithm what isn't above 0.
   */
  private static Series drawable(Series series, Curves.Panel panel) {
    DoublePredicate x = v -> Double.isFinite(v) && (!panel.logX() || v > 0);
    DoublePredicate y = v -> Double.isFinite(v) && (!panel.logY() || v > 0);
    int[] kept =
        IntStream.range(0, series.steps().length)
            .filter(i -> x.test(series.steps()[i]) && y.test(series.values()[i]))
            .toArray();
    return new Series(
        series.name(),
        Arrays.stream(kept).mapToDouble(i -> series.steps()[i]).toArray(),
        Arrays.stream(kept).mapToDouble(i -> series.values()[i]).toArray());
  }

  /** The moving average with the weight of the missing past divided out, as TensorBoard's. */
  static double[] smooth(double[] values, double share) {
    double[] out = new double[values.length];
    double sum = 0;
    double weight = 0;
    for (int i = 0; i < values.length; i++) {
      sum = sum * share + values[i] * (1 - share);
      weight = weight * share + (1 - share);
      out[i] = sum / weight;
    }
    return out;
  }

  private static void style(XYStyler styler, Curves.Panel panel) {
    styler.setBaseFont(Fonts.sans(Font.PLAIN, 13));
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setChartFontColor(INK);
    styler.setChartPadding(18);
    styler.setChartTitleFont(Fonts.sans(Font.BOLD, 15));
    styler.setChartTitleBoxVisible(false);
    styler.setPlotBackgroundColor(Color.WHITE);
    styler.setPlotBorderVisible(false);
    styler.setPlotGridLinesColor(RULE);
    styler.setPlotGridLinesStroke(new BasicStroke(1f));
    styler.setPlotContentSize(0.96);
    styler.setPlotMargin(0);
    styler.setAxisTicksLineVisible(false);
    styler.setAxisTicksMarksVisible(false);
    styler.setAxisTickLabelsFont(Fonts.sans(Font.PLAIN, 12));
    styler.setAxisTickLabelsColor(QUIET);
    styler.setAxisTitleFont(Fonts.sans(Font.PLAIN, 12));
    styler.setXAxisTitleColor(QUIET);
    styler.setLegendPosition(Styler.LegendPosition.OutsideS);
    styler.setLegendLayout(Styler.LegendLayout.Horizontal);
    styler.setLegendBorderColor(Color.WHITE);
    styler.setLegendFont(Fonts.sans(Font.PLAIN, 12));
    styler.setLegendPadding(8);
    styler.setLocale(Locale.ROOT);
    styler.setXAxisTickMarkSpacingHint(96);
    styler.setYAxisTickMarkSpacingHint(44);
    styler.setXAxisLogarithmicDecadeOnly(false);
    styler.setYAxisLogarithmicDecadeOnly(false);
    styler.setXAxisLogarithmic(panel.logX());
    styler.setYAxisLogarithmic(panel.logY());
  }

  /**
   * Adds a point that isn't seen. Where the values are equally spaced, as steps are, xchart puts
   * its ticks at multiples of that spacing however many that makes; one value off the grid stops
   * it.
   */
  private static void breakSpacing(XYChart chart, Range x, Range y) {
    if (x.isEmpty() || y.isEmpty()) {
      return;
    }
    chart
        .addSeries(" ", new double[] {x.odd()}, new double[] {y.odd()})
        .setMarker(SeriesMarkers.NONE)
        .setShowInLegend(false);
  }

  /** On a logarithm the ticks stand at every digit: too close to label all of them. */
  private static void labelTicks(XYChart chart, Curves.Panel panel, Range x, Range y) {
    XYStyler styler = chart.getStyler();
    styler.setXAxisTickLabelsFormattingFunction(
        panel.logX() ? value -> logTick(value, x.decades()) : CurvePanel::tick);
    styler.setYAxisTickLabelsFormattingFunction(
        panel.logY() ? value -> logTick(value, y.decades()) : CurvePanel::tick);
  }

  static String logTick(double value, double decades) {
    long digit = Math.round(value / Math.pow(10, Math.floor(Math.log10(value) + 1e-9)));
    boolean labelled = decades < 0.5 || digit == 1 || decades < 2.5 && (digit == 2 || digit == 5);
    return labelled ? tick(value) : " ";
  }

  /** Short: 20k, 1.5M, 0.25, 1e-4. */
  static String tick(double value) {
    double size = Math.abs(value);
    if (size >= 1e9 || size > 0 && size < 1e-3) {
      return trimmed(value, "%.2e").replaceAll("\\.?0*e([+-])0*", "e$1").replace("e+", "e");
    }
    if (size >= 1e6) {
      return trimmed(value / 1e6, "%.3f") + "M";
    }
    return size >= 1e4 ? trimmed(value / 1e3, "%.3f") + "k" : trimmed(value, "%.4f");
  }

  private static String trimmed(double value, String format) {
    String text = String.format(Locale.ROOT, format, value);
    return format.endsWith("f") ? text.replaceAll("\\.?0+$", "") : text;
  }

  /** What an axis spans. */
  private record Range(double min, double max) {

    static Range of(
        Collection<XYSeries> lines,
        ToDoubleFunction<XYSeries> min,
        ToDoubleFunction<XYSeries> max) {
      return new Range(
          lines.stream().mapToDouble(min).min().orElse(0),
          lines.stream().mapToDouble(max).max().orElse(0));
    }

    /** Nothing but NaN. */
    boolean isEmpty() {
      return !(max >= min);
    }

    double decades() {
      return Math.log10(max / min);
    }

    /** A place within that no grid of round numbers has. */
    double odd() {
      return max > min ? min + (max - min) * 0.3819660112501051 : min;
    }
  }
}
