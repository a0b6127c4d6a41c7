package io.github.dar.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The YAML keys of a record, those of its inline components among them.
 *
 * @param byName the components by key, in order
 * @param ignored keys that are accepted and forgotten
 */
record RecordKeys(Map<String, RecordComponent> byName, Set<String> ignored) {

  private static final Set<Class<?>> OPTIONALS =
      Set.of(Optional.class, OptionalInt.class, OptionalDouble.class);

  /** The keys of a record type. */
  static RecordKeys of(Class<?> type) {
    Map<String, RecordComponent> byName = new LinkedHashMap<>();
    for (RecordComponent component : type.getRecordComponents()) {
      if (isInline(component)) {
        byName.putAll(of(component.getType()).byName());
      } else {
        byName.put(name(component), component);
      }
    }
    Ignored ignored = type.getAnnotation(Ignored.class);
    return new RecordKeys(byName, ignored == null ? Set.of() : Set.of(ignored.value()));
  }

  /** All keys that may stand in the record's section. */
  List<String> names() {
    return byName.values().stream().flatMap(c -> spellings(c).stream()).toList();
  }

  /** Whether a key may stand in the record's section. */
  boolean accepts(String key) {
    return names().contains(key) || ignored.contains(key);
  }

  /** The components without which the record can't be made. */
  Stream<RecordComponent> required() {
    return byName.values().stream()
        .filter(c -> defaultsTo(c).isEmpty() && !OPTIONALS.contains(c.getType()));
  }

  /** The component that a key belongs to, whichever of its keys it is. */
  Optional<RecordComponent> component(String key) {
    return byName.values().stream().filter(c -> spellings(c).contains(key)).findFirst();
  }

  /** The key of a component, then its other keys if it has any. */
  static List<String> spellings(RecordComponent component) {
    List<String> spellings = new ArrayList<>(List.of(name(component)));
    Key key = component.getAnnotation(Key.class);
    if (key != null && !key.alias().isEmpty()) {
      spellings.add(key.alias());
    }
    if (!inImages(component).isEmpty()) {
      spellings.add(inImages(component));
    }
    return spellings;
  }

  /** A component's name in snake_case: {@code nKvHead} becomes {@code n_kv_head}. */
  static String name(RecordComponent component) {
    return component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }

  /** The YAML text that stands for a key left out; empty if there is none. */
  static String defaultsTo(RecordComponent component) {
    Key key = component.getAnnotation(Key.class);
    return key == null ? "" : key.defaultsTo();
  }

  /** The key that gives a count of steps in images; empty if there is none. */
  static String inImages(RecordComponent component) {
    Key key = component.getAnnotation(Key.class);
    return key == null ? "" : key.inImages();
  }

  /** Whether the component's own keys stand in the section of the record that holds it. */
  static boolean isInline(RecordComponent component) {
    Key key = component.getAnnotation(Key.class);
    return key != null && key.inline();
  }

  /** What a component holds: an optional's value, else the component's own type. */
  static Type content(RecordComponent component) {
    if (component.getType() == OptionalInt.class) {
      return int.class;
    }
    if (component.getType() == OptionalDouble.class) {
      return double.class;
    }
    return component.getType() == Optional.class
        ? argument(component.getGenericType())
        : component.getGenericType();
  }

  /** The only type argument of a generic type. */
  static Type argument(Type generic) {
    return ((ParameterizedType) generic).getActualTypeArguments()[0];
  }
}
