package io.github.dar.data;

import io.github.dar.config.UserException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Opens data sources by what the command line calls SRC. */
public final class ImageSources {

  /** A colon after a single letter is a Windows drive. */
  private static final Pattern PREFIXED = Pattern.compile("([A-Za-z][A-Za-z0-9]+):(.*)");

  private static final String FORMS =
      "DIR, idx:PATH-PREFIX, wds:PATH/{00000..00099}.tar, npz:FILE or shapes:, each with #FROM:TO or not";

  private ImageSources() {}

  /**
   * Opens a source.
   *
   * @param spec {@code DIR}, {@code idx:PATH-PREFIX}, {@code wds:PATH/{00000..00099}.tar}, {@code
   *     npz:FILE} or {@code shapes:}, with or without a range behind: {@code SRC#0:1000}
   * @param size of generated images, in pixels; stored images keep theirs
   * @param seed of generated images
   * @throws UserException if there is no such source
   */
  public static ImageSource open(String spec, int size, long seed) {
    if (spec.isBlank()) {
      throw new UserException("data source: is empty; give " + FORMS);
    }
    int hash = spec.lastIndexOf('#');
    if (hash < 0 || isFile(spec)) {
      return openWhole(spec, size, seed);
    }
    String range = spec.substring(hash + 1);
    if (!RangeSource.isRange(range)) {
      throw new UserException(
          spec + ": #" + range + " is not a range; write #FROM:TO, as in #0:1000");
    }
    ImageSource whole = openWhole(spec.substring(0, hash), size, seed);
    try {
      return RangeSource.of(whole, range);
    } catch (UserException e) {
      whole.close();
      throw e;
    }
  }

  private static ImageSource openWhole(String spec, int size, long seed) {
    Matcher prefixed = PREFIXED.matcher(spec);
    if (!prefixed.matches() || isFile(spec)) {
      return openFolder(spec);
    }
    String rest = prefixed.group(2);
    return switch (prefixed.group(1)) {
      case "idx" -> new IdxSource(rest);
      case "shapes" -> ShapesSource.parse(rest, size, seed);
      case "wds" -> new WebDatasetSource(rest, DataCache.ofUser());
      case "npz" -> new NpzSource(Path.of(rest), DataCache.ofUser());
      default ->
          throw new UserException(
              spec + ": " + prefixed.group(1) + ": is not a kind of source; write " + FORMS);
    };
  }

  private static ImageSource openFolder(String spec) {
    if (!isFile(spec)) {
      throw new UserException(spec + ": there is no such folder; give " + FORMS);
    }
    Path path = Path.of(spec);
    if (!Files.isDirectory(path)) {
      throw new UserException(spec + ": is a file, not a folder; give " + FORMS);
    }
    return new FolderSource(path);
  }

  private static boolean isFile(String spec) {
    try {
      return Files.exists(Path.of(spec));
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
