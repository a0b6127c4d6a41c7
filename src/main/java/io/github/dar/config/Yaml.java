package io.github.dar.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * Configuration records from YAML and back. Reading is strict: every refusal is a {@link
 * UserException} that names the place, the key and the mend.
 */
public final class Yaml {

  private Yaml() {}

  /**
   * Reads a file.
   *
   * @param file the YAML
   * @param type the record it describes
   * @param overrides {@code key.path=value} each, applied in order
   * @param <T> the record
   * @return the record, with the overrides in place
   */
  public static <T extends Record> T read(Path file, Class<T> type, List<String> overrides) {
    try {
      return parse(Files.readString(file), file.toString(), type, overrides);
    } catch (NoSuchFileException e) {
      throw new UserException(file + ": no such file; give the path of a YAML configuration", e);
    } catch (CharacterCodingException e) {
      throw new UserException(file + ": not UTF-8 text; is it a YAML configuration?", e);
    } catch (IOException e) {
      throw new UserException(file + ": can't be read as a file (" + e.getMessage() + ")", e);
    }
  }

  /**
   * Reads a file as it is.
   *
   * @param file the YAML
   * @param type the record it describes
   * @param <T> the record
   * @return the record
   */
  public static <T extends Record> T read(Path file, Class<T> type) {
    return read(file, type, List.of());
  }

  /**
   * Reads a text.
   *
   * @param text the YAML
   * @param source what to call it in messages
   * @param type the record it describes
   * @param overrides {@code key.path=value} each, applied in order
   * @param <T> the record
   * @return the record, with the overrides in place
   */
  public static <T extends Record> T parse(
      String text, String source, Class<T> type, List<String> overrides) {
    YamlNode root = YamlText.parse(text, new Place(source, 1, 1));
    if (!(root instanceof YamlNode.Section section)) {
      throw new UserException(
          root.place()
              + ": no configuration; expected keys such as "
              + String.join(", ", RecordKeys.of(type).names()));
    }
    overrides.forEach(override -> Overrides.apply(section, type, override));
    return RecordReader.read(type, section, "");
  }

  /**
   * Reads a text as it is.
   *
   * @param text the YAML
   * @param source what to call it in messages
   * @param type the record it describes
   * @param <T> the record
   * @return the record
   */
  public static <T extends Record> T parse(String text, String source, Class<T> type) {
    return parse(text, source, type, List.of());
  }

  /**
   * Prints a configuration as it was resolved: every default written out, the reference's names.
   *
   * @param config the record
   * @return YAML that reads back to an equal record
   */
  public static String toYaml(Record config) {
    return YamlText.print(RecordTree.of(config));
  }

  /**
   * Tells what changed between two configurations.
   *
   * @param before the one that was
   * @param after the one that is
   * @return a line for each key that differs, such as {@code tokenizer.encoder_dim: 128 → 256}
   */
  public static List<String> difference(Record before, Record after) {
    return RecordTree.difference(RecordTree.of(before), RecordTree.of(after));
  }
}
