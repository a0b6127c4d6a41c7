package io.github.dar.view;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.dar.config.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads {@code metrics.jsonl}: one JSON object a line, {@code {"step":10,"loss":1.23}}. Every key
 * but {@code step} that has numbers is a series; text and nested values are not.
 *
 * <p>A run that was interrupted may end in half a line, which is left out. One that went back to a
 * checkpoint wrote some steps twice: what it wrote later counts, as in TensorBoard.
 */
public final class MetricsLog {

  private static final ObjectReader JSON =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .readerFor(JsonNode.class);

  private MetricsLog() {}

  /**
   * The series by key, in the order in which the keys first appear.
   *
   * @throws UserException where the file can't be read, or a line isn't an object with a step
   */
  public static Map<String, Series> read(Path file) {
    String text = text(file);
    Map<String, TreeMap<Double, Double>> found = new LinkedHashMap<>();
    String[] lines = text.split("\n", -1); // what follows the last newline is torn, or empty
    for (int i = 0; i < lines.length; i++) {
      if (lines[i].isBlank()) {
        continue;
      }
      String where = file + ", line " + (i + 1);
      try {
        add(found, JSON.readTree(lines[i]), where);
      } catch (JsonProcessingException e) {
        if (i < lines.length - 1) {
          throw new UserException(
              where + ": not JSON (" + e.getOriginalMessage() + "); mend or delete that line", e);
        }
      }
    }
    Map<String, Series> series = new LinkedHashMap<>();
    found.forEach((name, points) -> series.put(name, series(name, points)));
    return series;
  }

  private static String text(Path file) {
    try {
      // Not Files.readString: half a character at a torn end must not be an error.
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UserException(
          "can't read the metrics " + file + ": give the folder of a run that has begun", e);
    }
  }

  private static void add(Map<String, TreeMap<Double, Double>> found, JsonNode line, String where) {
    JsonNode step = line.get("step");
    if (step == null || !step.isNumber()) {
      throw new UserException(where + ": no \"step\" with a number; mend or delete that line");
    }
    double at = step.doubleValue();
    for (Map.Entry<String, JsonNode> entry : line.properties()) {
      if (entry.getValue().isNumber() && !entry.getKey().equals("step")) {
        TreeMap<Double, Double> points =
            found.computeIfAbsent(entry.getKey(), key -> new TreeMap<>());
        points.tailMap(at, true).clear(); // written before the run went back
        points.put(at, entry.getValue().doubleValue());
      }
    }
  }

  private static Series series(String name, TreeMap<Double, Double> points) {
    return new Series(
        name,
        points.keySet().stream().mapToDouble(Double::doubleValue).toArray(),
        points.values().stream().mapToDouble(Double::doubleValue).toArray());
  }
}
