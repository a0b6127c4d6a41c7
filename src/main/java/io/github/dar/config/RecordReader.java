package io.github.dar.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Makes records of parsed YAML and says where it can't. */
final class RecordReader {

  private static final Map<Class<?>, Object> EMPTY =
      Map.of(
          Optional.class, Optional.empty(),
          OptionalInt.class, OptionalInt.empty(),
          OptionalDouble.class, OptionalDouble.empty());

  private RecordReader() {}

  /**
   * Makes a record.
   *
   * @param type the record
   * @param section the YAML that holds its keys
   * @param path the section's dotted path, empty for the whole document
   * @return the record, valid
   */
  static <T> T read(Class<T> type, YamlNode.Section section, String path) {
    RecordKeys keys = RecordKeys.of(type);
    section.entries().forEach((key, entry) -> unlessUnknown(keys, key, entry, path));
    List<String> missing =
        keys.required()
            .filter(c -> isLeftOut(section.entries().get(spelling(c, section))))
            .map(RecordKeys::name)
            .toList();
    if (!missing.isEmpty()) {
      throw new UserException(
          "%s: keys missing%s: %s; add them"
              .formatted(section.place(), within(path), String.join(", ", missing)));
    }
    return make(type, section, path);
  }

  private static void unlessUnknown(
      RecordKeys keys, String key, YamlNode.Entry entry, String path) {
    if (!keys.accepts(key)) {
      throw new UserException(
          "%s: unknown key '%s'%s; %s"
              .formatted(entry.keyPlace(), key, within(path), Nearest.hint(key, keys.names())));
    }
  }

  private static String within(String path) {
    return path.isEmpty() ? "" : " in " + path;
  }

  private static <T> T make(Class<T> type, YamlNode.Section section, String path) {
    RecordComponent[] components = type.getRecordComponents();
    Object[] values =
        Arrays.stream(components).map(component -> value(component, section, path)).toArray();
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      Constructor<T> constructor = type.getDeclaredConstructor(types);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      throw placed(e.getCause(), section, path);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type + " is not a configuration record", e);
    }
  }

  private static RuntimeException placed(Throwable cause, YamlNode.Section section, String path) {
    if (cause instanceof InvalidValue invalid) {
      String prefix = path.isEmpty() ? "" : path + ".";
      return new UserException(
          section.placeOf(invalid.key()) + ": " + prefix + invalid.getMessage(), invalid);
    }
    return cause instanceof RuntimeException e ? e : new IllegalStateException(cause);
  }

  private static Object value(RecordComponent component, YamlNode.Section section, String path) {
    if (RecordKeys.isInline(component)) {
      return make(component.getType(), section, path);
    }
    String key = spelling(component, section);
    String keyPath = path.isEmpty() ? key : path + "." + key;
    YamlNode.Entry entry = section.entries().get(key);
    if (!isLeftOut(entry) && key.equals(RecordKeys.inImages(component))) {
      return wrapped(component, steps(entry.value(), keyPath, section));
    }
    if (!isLeftOut(entry)) {
      return wrapped(component, convert(RecordKeys.content(component), entry.value(), keyPath));
    }
    if (EMPTY.containsKey(component.getType())) {
      return EMPTY.get(component.getType());
    }
    YamlNode byDefault = YamlText.parse(RecordKeys.defaultsTo(component), section.place());
    return convert(RecordKeys.content(component), byDefault, keyPath);
  }

  private static Object wrapped(RecordComponent component, Object value) {
    if (component.getType() == OptionalInt.class) {
      return OptionalInt.of((int) value);
    }
    if (component.getType() == OptionalDouble.class) {
      return OptionalDouble.of((double) value);
    }
    return component.getType() == Optional.class ? Optional.of(value) : value;
  }

  private static String spelling(RecordComponent component, YamlNode.Section section) {
    List<String> given =
        RecordKeys.spellings(component).stream().filter(section.entries()::containsKey).toList();
    if (given.size() > 1) {
      boolean inImages = given.get(1).equals(RecordKeys.inImages(component));
      throw new UserException(
          "%s: '%s' is %s '%s', which is there too; remove one"
              .formatted(
                  section.placeOf(given.get(1)),
                  given.get(1),
                  inImages ? "in images what in steps is" : "another name of",
                  given.get(0)));
    }
    return given.isEmpty() ? RecordKeys.name(component) : given.get(0);
  }

  /** A count of images as steps: the last of them may see a few more. */
  private static int steps(YamlNode images, String path, YamlNode.Section section) {
    int count = (int) Scalars.read(int.class, images, path);
    YamlNode.Entry batch = section.entries().get("batch");
    if (count < 0 || isLeftOut(batch)) {
      String rule = count < 0 ? "it must be 0 or more" : "it needs batch beside it: add it";
      throw new UserException("%s: %s is %d; %s".formatted(images.place(), path, count, rule));
    }
    // A batch that is too small is refused by whom it belongs to.
    int size = Math.max(1, (int) Scalars.read(int.class, batch.value(), "batch"));
    return (int) (((long) count + size - 1) / size);
  }

  private static boolean isLeftOut(YamlNode.Entry entry) {
    return entry == null || entry.value() instanceof YamlNode.Scalar scalar && scalar.isNull();
  }

  private static Object convert(Type type, YamlNode node, String path) {
    if (type instanceof Class<?> c && c.isRecord()) {
      if (node instanceof YamlNode.Section section) {
        return read(c, section, path);
      }
      throw new UserException(node.place() + ": " + path + " must be a section with keys");
    }
    if (type instanceof Class<?> c) {
      return Scalars.read(c, node, path);
    }
    if (node instanceof YamlNode.Items items) {
      Class<?> element = (Class<?>) RecordKeys.argument(type);
      return items.items().stream().map(item -> Scalars.read(element, item, path)).toList();
    }
    throw new UserException(node.place() + ": " + path + " must be a list, such as [a, b]");
  }
}
