package io.github.dar.view;

import io.github.dar.data.RgbImage;
import java.util.ArrayList;
import java.util.List;

/**
 * Pictures as text: each character is the upper half block, its foreground the upper pixel and its
 * background the lower. Characters are about twice as high as wide, so pixels come out square.
 *
 * <p>The text is only right on a stream that writes UTF-8.
 *
 * @param colors what the terminal shows; with {@link TerminalColors#NONE} every text is empty
 * @param columns characters a line of the terminal has
 */
public record TerminalPicture(TerminalColors colors, int columns) {

  private static final String RESET = "\u001b[0m";
  private static final char UPPER_HALF = '▀';

  /** Below this nothing can be recognised: rather another row of pictures. */
  private static final int LEAST_WIDTH = 16;

  /** Above this a square picture is higher than a common window. */
  private static final int MOST_WIDTH = 64;

  /** Checks that there is room for one picture. */
  public TerminalPicture {
    if (columns < 1) {
      throw new IllegalArgumentException("a terminal of " + columns + " columns");
    }
  }

  /** The pictures side by side, as many a row as fit; smaller where they must be, never larger. */
  public String render(List<RgbImage> images) {
    StringBuilder text = new StringBuilder();
    for (List<RgbImage> row : rows(images)) {
      int height = row.stream().mapToInt(RgbImage::height).max().orElse(0);
      for (int y = 0; y < height; y += 2) {
        for (int i = 0; i < row.size(); i++) {
          text.append(i > 0 ? " " : "");
          line(text, row.get(i), y);
        }
        text.append('\n');
      }
    }
    return text.toString();
  }

  /**
   * The pictures drawn over those that {@link #render} or this drew just before, which must have
   * been as many and of the same sizes: so a picture is seen to form.
   */
  public String redraw(List<RgbImage> images) {
    int lines = lines(images);
    return lines == 0 ? "" : "\u001b[" + lines + "A\r" + render(images);
  }

  /** The lines that {@link #render} writes. */
  public int lines(List<RgbImage> images) {
    int lines = 0;
    for (List<RgbImage> row : rows(images)) {
      lines += (row.stream().mapToInt(RgbImage::height).max().orElse(0) + 1) / 2;
    }
    return lines;
  }

  private List<List<RgbImage>> rows(List<RgbImage> images) {
    List<List<RgbImage>> rows = new ArrayList<>();
    if (colors == TerminalColors.NONE || images.isEmpty()) {
      return rows;
    }
    int most = Math.max(1, (columns + 1) / (LEAST_WIDTH + 1));
    int across = Math.min(most, images.size());
    int width = Math.max(1, Math.min(MOST_WIDTH, (columns + 1) / across - 1));
    for (int i = 0; i < images.size(); i += across) {
      rows.add(
          images.subList(i, Math.min(i + across, images.size())).stream()
              .map(image -> fit(image, width))
              .toList());
    }
    return rows;
  }

  private static RgbImage fit(RgbImage image, int width) {
    if (image.width() <= width) {
      return image;
    }
    int height = Math.max(1, Math.round((float) image.height() * width / image.width()));
    return Pictures.shrink(image, width, height);
  }

  /** Two rows of pixels; blanks below a picture that is less high than its neighbours. */
  private void line(StringBuilder text, RgbImage image, int y) {
    if (y >= image.height()) {
      text.append(" ".repeat(image.width()));
      return;
    }
    boolean both = y + 1 < image.height();
    String upper = "";
    String lower = "";
    for (int x = 0; x < image.width(); x++) {
      String foreground = code(38, Pictures.pixel(image, x, y));
      String background = both ? code(48, Pictures.pixel(image, x, y + 1)) : "";
      // A colour holds until it is changed: half the text on smooth pictures.
      text.append(foreground.equals(upper) ? "" : foreground);
      text.append(background.equals(lower) ? "" : background);
      text.append(UPPER_HALF);
      upper = foreground;
      lower = background;
    }
    text.append(RESET);
  }

  private String code(int ground, int rgb) {
    int red = rgb >> 16 & 255;
    int green = rgb >> 8 & 255;
    int blue = rgb & 255;
    return colors == TerminalColors.TRUECOLOR
        ? "\u001b[%d;2;%d;%d;%dm".formatted(ground, red, green, blue)
        : "\u001b[%d;5;%dm".formatted(ground, ansi256(red, green, blue));
  }

  /** The nearest of xterm's colour cube (16 + 36 r + 6 g + b) and its ramp of grays (232-255). */
  static int ansi256(int red, int green, int blue) {
    int r = cubeStep(red);
    int g = cubeStep(green);
    int b = cubeStep(blue);
    int gray = Math.max(0, Math.min(23, Math.round((red + green + blue) / 3f / 10 - 0.8f)));
    int level = 8 + 10 * gray;
    int toCube = distance(red, green, blue, cubeLevel(r), cubeLevel(g), cubeLevel(b));
    int toGray = distance(red, green, blue, level, level, level);
    return toGray < toCube ? 232 + gray : 16 + 36 * r + 6 * g + b;
  }

  /** The levels of the cube are 0, 95, 135, 175, 215, 255. */
  private static int cubeLevel(int step) {
    return step == 0 ? 0 : 55 + 40 * step;
  }

  private static int cubeStep(int value) {
    return value < 48 ? 0 : Math.max(1, Math.round((value - 55) / 40f));
  }

  private static int distance(int r, int g, int b, int r2, int g2, int b2) {
    return (r - r2) * (r - r2) + (g - g2) * (g - g2) + (b - b2) * (b - b2);
  }
}
