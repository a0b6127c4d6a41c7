package io.github.dar.data;

import io.github.dar.config.UserException;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A stretch of another source, written as Python's slices: {@code #0:1000}, {@code #1000:}, {@code
 * #-100:}. Unlike Python's, a range that reaches past the source is refused. The classes stay those
 * of the whole.
 */
public final class RangeSource implements ImageSource {

  private static final Pattern SYNTAX = Pattern.compile("(-?\\d{1,10})?:(-?\\d{1,10})?");

  private final ImageSource whole;
  private final int from;
  private final int to;

  /**
   * @param from the first image
   * @param to one past the last image
   */
  public RangeSource(ImageSource whole, int from, int to) {
    if (from < 0 || from >= to || to > whole.size()) {
      throw new UserException(
          "range %d:%d: not inside the %d images of the source; give FROM < TO <= %d"
              .formatted(from, to, whole.size(), whole.size()));
    }
    this.whole = whole;
    this.from = from;
    this.to = to;
  }

  /** Whether a text is a range: {@code FROM:TO}, each of which may be left out or negative. */
  static boolean isRange(String range) {
    return SYNTAX.matcher(range).matches();
  }

  /**
   * The part of a source that a text names.
   *
   * @param range {@code FROM:TO}; negative numbers count from the end
   */
  static RangeSource of(ImageSource whole, String range) {
    Matcher matcher = SYNTAX.matcher(range);
    if (!matcher.matches()) {
      throw new UserException("range #" + range + ": not of the form #FROM:TO, as in #0:1000");
    }
    long from = bound(matcher.group(1), 0, whole.size());
    long to = bound(matcher.group(2), whole.size(), whole.size());
    if (from < 0 || from >= to || to > whole.size()) {
      throw new UserException(
          "range #%s: not inside the %d images of %s; give FROM < TO <= %d"
              .formatted(range, whole.size(), whole.describe(), whole.size()));
    }
    return new RangeSource(whole, (int) from, (int) to);
  }

  private static long bound(String text, long otherwise, int size) {
    if (text == null) {
      return otherwise;
    }
    long number = Long.parseLong(text);
    return text.startsWith("-") ? size + number : number;
  }

  @Override
  public int size() {
    return to - from;
  }

  @Override
  public RgbImage image(int index) {
    return whole.image(inWhole(index));
  }

  @Override
  public int label(int index) {
    return whole.label(inWhole(index));
  }

  @Override
  public List<String> classNames() {
    return whole.classNames();
  }

  @Override
  public String describe() {
    return "images %d to %d of %s".formatted(from, to - 1, whole.describe());
  }

  @Override
  public void close() {
    whole.close();
  }

  private int inWhole(int index) {
    return from + Objects.checkIndex(index, size());
  }
}
