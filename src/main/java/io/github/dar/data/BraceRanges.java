package io.github.dar.data;

import io.github.dar.config.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of shards as WebDataset writes them: {@code train-{000..146}.tar} stands for 147. */
final class BraceRanges {

  private static final Pattern RANGE = Pattern.compile("\\{(\\d{1,9})\\.\\.(\\d{1,9})}");

  private BraceRanges() {}

  /** All names that a pattern stands for, the last range running fastest. */
  static List<String> expand(String pattern) {
    Matcher range = RANGE.matcher(pattern);
    if (!range.find()) {
      return List.of(pattern);
    }
    int from = Integer.parseInt(range.group(1));
    int to = Integer.parseInt(range.group(2));
    if (from > to) {
      throw new UserException(
          "wds:%s: the range %s runs backwards; write the smaller number first"
              .formatted(pattern, range.group()));
    }
    int digits = range.group(1).length();
    List<String> names = new ArrayList<>();
    for (int i = from; i <= to; i++) {
      String number = ("%0" + digits + "d").formatted(i);
      names.addAll(
          expand(pattern.substring(0, range.start()) + number + pattern.substring(range.end())));
    }
    return names;
  }
}
