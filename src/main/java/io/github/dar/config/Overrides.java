package io.github.dar.config;

import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Optional;

/** Puts the values of {@code -o key.path=value} into parsed YAML, before it is read. */
final class Overrides {

  private Overrides() {}

  /**
   * Applies one override. A key that the records don't know is put in as well: reading then refuses
   * it by the same rule, and with the same words, as one in a file.
   *
   * @param root the configuration
   * @param type the record it will become
   * @param override {@code key.path=value}
   */
  static void apply(YamlNode.Section root, Class<?> type, String override) {
    int equals = override.indexOf('=');
    if (equals < 1) {
      throw new UserException("-o " + override + ": write -o key.path=value");
    }
    Place place = Place.option("-o " + override);
    YamlNode value = YamlText.parse(override.substring(equals + 1), place);
    List<String> path = List.of(override.substring(0, equals).trim().split("\\.", -1));
    YamlNode.Section section = root;
    Class<?> sectionType = type;
    for (String key : path.subList(0, path.size() - 1)) {
      Optional<RecordComponent> component = component(sectionType, key);
      section = inner(section, spelling(section, component, key), place);
      sectionType = component.map(Overrides::sectionType).orElse(null);
    }
    String last = path.get(path.size() - 1);
    // What the file says under another of the component's keys no longer holds.
    component(sectionType, last).stream()
        .flatMap(c -> RecordKeys.spellings(c).stream())
        .filter(key -> !key.equals(last))
        .forEach(section.entries()::remove);
    section.entries().put(last, new YamlNode.Entry(place, value));
  }

  private static Optional<RecordComponent> component(Class<?> type, String key) {
    return type == null ? Optional.empty() : RecordKeys.of(type).component(key);
  }

  private static Class<?> sectionType(RecordComponent component) {
    return RecordKeys.content(component) instanceof Class<?> c && c.isRecord() ? c : null;
  }

  /** The spelling that the file uses for a key with an alias. */
  private static String spelling(
      YamlNode.Section section, Optional<RecordComponent> component, String key) {
    return component.stream()
        .flatMap(c -> RecordKeys.spellings(c).stream())
        .filter(section.entries()::containsKey)
        .findFirst()
        .orElse(key);
  }

  private static YamlNode.Section inner(YamlNode.Section section, String key, Place place) {
    YamlNode.Entry entry = section.entries().get(key);
    if (entry != null && entry.value() instanceof YamlNode.Section inner) {
      return inner;
    }
    boolean hasValue =
        entry != null && !(entry.value() instanceof YamlNode.Scalar scalar && scalar.isNull());
    if (hasValue) {
      throw new UserException(place + ": '" + key + "' is a value and has no keys below it");
    }
    YamlNode.Section created = YamlNode.Section.empty(place);
    section.entries().put(key, new YamlNode.Entry(place, created));
    return created;
  }
}
