package io.github.dar.eval;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;

/** Values as lines for people: names left, numbers right. */
final class ReportTable {

  /** More digits than runs of other seeds share. */
  private static final MathContext DIGITS = new MathContext(5);

  private ReportTable() {}

  /** One line a value; with the number of denoising steps where some images were taken early. */
  static String of(List<EvaluationReport.NamedValue> values) {
    int names = 0;
    int numbers = 0;
    for (EvaluationReport.NamedValue value : values) {
      names = Math.max(names, name(value).length());
      numbers = Math.max(numbers, number(value.value()).length());
    }
    StringBuilder text = new StringBuilder();
    for (EvaluationReport.NamedValue value : values) {
      String format = "%-" + names + "s  %" + numbers + "s%s%n";
      String deviation = value.deviation() == null ? "" : " ± " + number(value.deviation());
      text.append(format.formatted(name(value), number(value.value()), deviation));
    }
    return text.toString();
  }

  private static String name(EvaluationReport.NamedValue value) {
    return value.steps() == null
        ? value.label()
        : value.label() + " after " + value.steps() + (value.steps() == 1 ? " step" : " steps");
  }

  private static String number(double value) {
    if (!Double.isFinite(value)) {
      return Double.toString(value);
    }
    BigDecimal rounded = new BigDecimal(value).round(DIGITS);
    int missing = DIGITS.getPrecision() - rounded.precision();
    // Plain: 500000 is not 5.0000E+5.
    return value == 0 ? "0" : rounded.setScale(rounded.scale() + missing).toPlainString();
  }
}
