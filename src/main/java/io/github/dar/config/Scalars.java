package io.github.dar.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Single YAML values as Java values, of the type that the reader asks for. What is meant is never
 * guessed: {@code yes} is no boolean, {@code 010} and {@code 2.0} are no whole numbers; {@code
 * 1e-4}, text by the letter of YAML 1.1, is a number where one is asked for.
 */
final class Scalars {

  private static final Pattern WHOLE = Pattern.compile("[-+]?(0|[1-9][0-9_]*)");
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]+)?");

  private Scalars() {}

  /**
   * Reads a value.
   *
   * @param type int, double or its box, boolean, String or an enum
   * @param node what stands there
   * @param path its dotted path
   * @return the value
   */
  static Object read(Class<?> type, YamlNode node, String path) {
    if (!(node instanceof YamlNode.Scalar scalar) || scalar.isNull()) {
      throw new UserException(node.place() + ": " + path + " must be a single value");
    }
    String text = scalar.text();
    if (type == String.class) {
      return text;
    }
    if (type == int.class) {
      return whole(scalar, path);
    }
    if (type == double.class || type == Double.class) {
      require(NUMBER.matcher(text).matches(), scalar, path, "a number");
      return Double.parseDouble(text);
    }
    if (type == boolean.class) {
      boolean yes = List.of("true", "True", "TRUE").contains(text);
      boolean no = List.of("false", "False", "FALSE").contains(text);
      require(yes || no, scalar, path, "true or false");
      return yes;
    }
    return constant(type, scalar, path);
  }

  private static int whole(YamlNode.Scalar scalar, String path) {
    require(WHOLE.matcher(scalar.text()).matches(), scalar, path, "a whole number");
    try {
      return Integer.parseInt(scalar.text().replace("_", ""));
    } catch (NumberFormatException e) {
      throw wrong(scalar, path, "a whole number of 32 bits");
    }
  }

  private static Object constant(Class<?> type, YamlNode.Scalar scalar, String path) {
    List<String> names = Arrays.stream(type.getEnumConstants()).map(Scalars::name).toList();
    int index = names.indexOf(scalar.text());
    require(index >= 0, scalar, path, "one of " + String.join(", ", names));
    return type.getEnumConstants()[index];
  }

  /** How YAML spells an enum's constant. */
  static String name(Object constant) {
    return constant.toString().toLowerCase(Locale.ROOT);
  }

  private static void require(boolean ok, YamlNode.Scalar scalar, String path, String wanted) {
    if (!ok) {
      throw wrong(scalar, path, wanted);
    }
  }

  private static UserException wrong(YamlNode.Scalar scalar, String path, String wanted) {
    return new UserException(
        "%s: %s is '%s'; it must be %s".formatted(scalar.place(), path, scalar.text(), wanted));
  }
}
