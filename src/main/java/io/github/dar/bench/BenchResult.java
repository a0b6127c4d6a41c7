package io.github.dar.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All that was measured. */
public final class BenchResult {

  /**
   * A limit of the machine, over the whole time.
   *
   * @param name in words
   * @param unit of the values
   * @param values what was measured of it
   */
  record Limit(String name, String unit, Spread values) {

    Map<String, Object> fields() {
      Map<String, Object> out = new LinkedHashMap<>();
      out.put("name", name);
      out.put("unit", unit);
      out.put("rounds", values.rounds());
      out.putAll(values.fields());
      return out;
    }
  }

  private final Machine machine;
  private final String model;
  private final List<Limit> limits;
  private final List<Measured> rows;
  private final List<LeftOut> leftOut;
  private final double seconds;

  /**
   * @param seconds that all of it took
   */
  BenchResult(
      Machine machine,
      String model,
      List<Limit> limits,
      List<Measured> rows,
      List<LeftOut> leftOut,
      double seconds) {
    this.machine = machine;
    this.model = model;
    this.limits = List.copyOf(limits);
    this.rows = List.copyOf(rows);
    this.leftOut = List.copyOf(leftOut);
    this.seconds = seconds;
  }

  /** Returns it as text for people, line by line. */
  public List<String> lines() {
    return BenchTable.lines(this);
  }

  /** Returns it as JSON has it. */
  public Map<String, Object> fields() {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("machine", machine.fields());
    out.put("model", model);
    out.put("seconds", seconds);
    out.put("limits", limits.stream().map(Limit::fields).toList());
    out.put("rows", rows.stream().map(Measured::fields).toList());
    out.put("left_out", leftOut.stream().map(LeftOut::fields).toList());
    return out;
  }

  Machine machine() {
    return machine;
  }

  String model() {
    return model;
  }

  List<Limit> limits() {
    return limits;
  }

  List<Measured> rows() {
    return rows;
  }

  List<LeftOut> leftOut() {
    return leftOut;
  }

  double seconds() {
    return seconds;
  }
}
