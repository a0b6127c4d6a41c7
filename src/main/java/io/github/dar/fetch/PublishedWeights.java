package io.github.dar.fetch;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.github.dar.config.Nearest;
import io.github.dar.config.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A file of weights that others have published. The table is the resource {@code weights.yaml}.
 *
 * @param name what {@code dar fetch} calls it
 * @param file its name as published
 * @param url where it is published
 * @param sha256 of the file in hexadecimal digits, or the first of them, or empty if not published
 * @param size bytes, 0 if not known
 * @param license of the weights
 * @param use what dar needs it for
 */
public record PublishedWeights(
    String name, String file, URI url, String sha256, long size, String license, String use) {

  private static final String TABLE = "/io/github/dar/fetch/weights.yaml";

  /** A row of the table. */
  private record Row(String file, URI url, String sha256, long size, String license, String use) {}

  /** Returns all of them, in the order of the table. */
  public static List<PublishedWeights> all() {
    List<PublishedWeights> all = new ArrayList<>();
    rows()
        .forEach(
            (name, row) ->
                all.add(
                    new PublishedWeights(
                        name,
                        row.file(),
                        row.url(),
                        row.sha256() == null ? "" : row.sha256(),
                        row.size(),
                        row.license(),
                        row.use())));
    return List.copyOf(all);
  }

  /**
   * Finds one.
   *
   * @throws UserException naming the nearest if there is none of this name
   */
  public static PublishedWeights named(String name) {
    List<PublishedWeights> all = all();
    return all.stream()
        .filter(weights -> weights.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new UserException(
                    name
                        + ": no such weights; "
                        + Nearest.hint(name, all.stream().map(PublishedWeights::name).toList())));
  }

  private static Map<String, Row> rows() {
    try (InputStream in = PublishedWeights.class.getResourceAsStream(TABLE)) {
      return new ObjectMapper(new YAMLFactory())
          .readValue(in, new TypeReference<LinkedHashMap<String, Row>>() {});
    } catch (IOException e) {
      throw new UncheckedIOException(e); // not reached: the table ships with the program
    }
  }
}
