package io.github.dar.cli;

import io.github.dar.model.ParameterSpec;
import io.github.dar.weights.HostTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What is found out about a thing: lines for people, fields for scripts. */
final class InfoReport {

  private final List<String> lines = new ArrayList<>();
  private final Map<String, Object> fields = new LinkedHashMap<>();

  InfoReport(String kind) {
    fields.put("kind", kind);
  }

  /** A line for people. */
  void line(String text) {
    lines.add(text);
  }

  /** A field for scripts. */
  void field(String name, Object value) {
    fields.put(name, value);
  }

  /** Both: a line {@code name: value} and the field. */
  void say(String name, Object value) {
    line(name.replace('_', ' ') + ": " + value);
    field(name, value);
  }

  /** The tensors of a file: in columns, and as fields. */
  void tensors(Map<String, HostTensor> tensors, boolean inLines) {
    int width = tensors.keySet().stream().mapToInt(String::length).max().orElse(0);
    Map<String, Object> all = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          if (inLines) {
            line("  %-" + width + "s  %s", name, tensor);
          }
          all.put(name, Map.of("dtype", tensor.dtype().name(), "shape", tensor.shape()));
        });
    field("tensors", all);
  }

  private void line(String format, Object... args) {
    lines.add(String.format(Locale.ROOT, format, args));
  }

  /** Returns the number of values in all tensors. */
  static long values(Map<String, HostTensor> tensors) {
    return tensors.values().stream().mapToLong(HostTensor::elements).sum();
  }

  /** The number of values that a network learns, for people. */
  static String parameters(List<ParameterSpec> specs) {
    return count(specs.stream().mapToLong(ParameterSpec::elements).sum());
  }

  /** A count that people can read: {@code 343.1M}. */
  static String count(long value) {
    if (value < 10_000) {
      return Long.toString(value);
    }
    double number = value;
    String[] units = {"k", "M", "G"};
    int unit = -1;
    while (number >= 999.95 && unit < units.length - 1) {
      number /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f%s", number, units[unit]);
  }

  String text() {
    return String.join("\n", lines);
  }

  Map<String, Object> fields() {
    return fields;
  }
}
