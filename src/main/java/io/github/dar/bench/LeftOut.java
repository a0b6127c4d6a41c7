package io.github.dar.bench;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A row that was not measured.
 *
 * @param row what it would have been
 * @param why it wasn't
 */
record LeftOut(Row row, String why) {

  /** As JSON has it. */
  Map<String, Object> fields() {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("name", row.name());
    out.put("detail", row.detail());
    out.put("why", why);
    return out;
  }
}
