package io.github.dar.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * YAML text to nodes with places, and plain maps to YAML text. The only class that knows Jackson,
 * of which it takes the tokens alone: binding by Jackson reports a misspelt key as a missing one at
 * the end of its section, and reads {@code yes} as true.
 */
final class YamlText {

  private static final Pattern SENTENCE_AND_PLACE =
      Pattern.compile("(?m)^(\\S.*)\\n in .*, line (\\d+), column (\\d+):");

  private final YAMLParser parser;
  private final Place start;

  private YamlText(YAMLParser parser, Place start) {
    this.parser = parser;
    this.start = start;
  }

  /**
   * Parses one document.
   *
   * @param text the YAML
   * @param start what the text is; its lines are counted if it has lines
   * @return the document; a scalar without value if the text is empty
   */
  static YamlNode parse(String text, Place start) {
    try (YAMLParser parser = new YAMLFactory().createParser(text)) {
      YamlText reader = new YamlText(parser, start);
      if (parser.nextToken() == null) {
        return new YamlNode.Scalar("", true, start);
      }
      YamlNode root = reader.node();
      if (parser.nextToken() != null) {
        throw new UserException(reader.place() + ": only one YAML document is read; remove '---'");
      }
      return root;
    } catch (JsonProcessingException e) {
      throw new UserException(malformed(e, start), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Writes maps, lists and values as a document.
   *
   * @param tree keys and values, in order
   * @return the YAML text
   */
  static String print(Map<String, ?> tree) {
    YAMLFactory factory =
        YAMLFactory.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .build();
    try {
      return new YAMLMapper(factory).writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private YamlNode node() throws IOException {
    Place place = place();
    if (parser.isCurrentAlias()) {
      throw new UserException(place + ": aliases (*name) aren't read here; write the value out");
    }
    return switch (parser.currentToken()) {
      case START_OBJECT -> section(place);
      case START_ARRAY -> items(place);
      case VALUE_NULL -> new YamlNode.Scalar("", true, place);
      default -> new YamlNode.Scalar(parser.getText(), false, place);
    };
  }

  private YamlNode items(Place place) throws IOException {
    List<YamlNode> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(node());
    }
    return new YamlNode.Items(items, place);
  }

  private YamlNode section(Place place) throws IOException {
    YamlNode.Section section = YamlNode.Section.empty(place);
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      Place keyPlace = place();
      YamlNode.Entry earlier = section.entries().get(key);
      if (earlier != null) {
        throw new UserException(
            keyPlace
                + ": key '"
                + key
                + "' stands here twice, first at line "
                + earlier.keyPlace().line()
                + "; remove one");
      }
      parser.nextToken();
      section.entries().put(key, new YamlNode.Entry(keyPlace, node()));
    }
    return section;
  }

  private Place place() {
    return at(start, parser.currentTokenLocation());
  }

  private static Place at(Place start, JsonLocation location) {
    return start.line() == 0 || location == null
        ? start
        : new Place(start.source(), location.getLineNr(), location.getColumnNr());
  }

  /** Of the parser's story, which takes several lines and places, the last sentence says it. */
  private static String malformed(JsonProcessingException e, Place start) {
    String story = e.getOriginalMessage();
    Place place = at(start, e.getLocation());
    String problem = story.lines().findFirst().orElse("");
    Matcher matcher = SENTENCE_AND_PLACE.matcher(story);
    while (matcher.find()) {
      problem = matcher.group(1);
      if (start.line() != 0) {
        int line = Integer.parseInt(matcher.group(2));
        place = new Place(start.source(), line, Integer.parseInt(matcher.group(3)));
      }
    }
    return place + ": not valid YAML: " + problem;
  }
}
