package io.github.dar.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Parsed YAML that remembers where each piece stands. */
sealed interface YamlNode {

  /** Where it starts. */
  Place place();

  /**
   * A single value, not yet given a type: what it may be depends on who asks.
   *
   * @param text as written, without quotes
   * @param isNull whether it stands for no value
   * @param place where it starts
   */
  record Scalar(String text, boolean isNull, Place place) implements YamlNode {}

  /**
   * A list.
   *
   * @param items in order
   * @param place where it starts
   */
  record Items(List<YamlNode> items, Place place) implements YamlNode {}

  /**
   * Keys with values. Overrides change it before it is read.
   *
   * @param entries in order
   * @param place where it starts
   */
  record Section(Map<String, Entry> entries, Place place) implements YamlNode {

    /** A section without keys. */
    static Section empty(Place place) {
      return new Section(new LinkedHashMap<>(), place);
    }

    /** Where a dotted key's value stands, or the innermost section on the way to it. */
    Place placeOf(String dottedKey) {
      int dot = dottedKey.indexOf('.');
      Entry entry = entries.get(dot < 0 ? dottedKey : dottedKey.substring(0, dot));
      if (entry == null) {
        return place;
      }
      return dot >= 0 && entry.value() instanceof Section inner
          ? inner.placeOf(dottedKey.substring(dot + 1))
          : entry.keyPlace();
    }
  }

  /**
   * What stands under a key.
   *
   * @param keyPlace where the key starts
   * @param value the value
   */
  record Entry(Place keyPlace, YamlNode value) {}
}
