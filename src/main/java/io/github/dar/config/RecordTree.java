package io.github.dar.config;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

/** Records as trees of their YAML keys and values. */
final class RecordTree {

  private RecordTree() {}

  /**
   * The tree of a record: maps, lists, strings, numbers and booleans. Empty optionals are left out.
   */
  static Map<String, Object> of(Record config) {
    Map<String, Object> tree = new LinkedHashMap<>();
    for (RecordComponent component : config.getClass().getRecordComponents()) {
      Object value = unwrapped(get(component, config));
      if (value instanceof Record inline && RecordKeys.isInline(component)) {
        tree.putAll(of(inline));
      } else if (value != null) {
        tree.put(RecordKeys.name(component), plain(value));
      }
    }
    return tree;
  }

  /** The dotted paths at which two trees differ, with both values. */
  static List<String> difference(Map<String, ?> before, Map<String, ?> after) {
    Map<String, String> old = new LinkedHashMap<>();
    Map<String, String> now = new LinkedHashMap<>();
    flatten(before, "", old);
    flatten(after, "", now);
    Set<String> paths = new LinkedHashSet<>(old.keySet());
    paths.addAll(now.keySet());
    List<String> lines = new ArrayList<>();
    for (String path : paths) {
      String was = old.getOrDefault(path, "none");
      String is = now.getOrDefault(path, "none");
      if (!Objects.equals(was, is)) {
        lines.add(path + ": " + was + " → " + is);
      }
    }
    return lines;
  }

  private static void flatten(Map<String, ?> tree, String prefix, Map<String, String> into) {
    tree.forEach(
        (key, value) -> {
          if (value instanceof Map<?, ?> section) {
            Map<String, Object> inner = new LinkedHashMap<>();
            section.forEach((k, v) -> inner.put(k.toString(), v));
            flatten(inner, prefix + key + ".", into);
          } else {
            into.put(prefix + key, value.toString());
          }
        });
  }

  private static Object get(RecordComponent component, Record config) {
    try {
      return component.getAccessor().invoke(config);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(config.getClass() + " is not a configuration record", e);
    }
  }

  private static Object unwrapped(Object value) {
    if (value instanceof Optional<?> optional) {
      return optional.orElse(null);
    }
    if (value instanceof OptionalInt optional) {
      return optional.isPresent() ? optional.getAsInt() : null;
    }
    if (value instanceof OptionalDouble optional) {
      return optional.isPresent() ? optional.getAsDouble() : null;
    }
    return value;
  }

  private static Object plain(Object value) {
    if (value instanceof Record section) {
      return of(section);
    }
    return value instanceof Enum<?> constant ? Scalars.name(constant) : value;
  }
}
