package io.github.dar.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dar.data.RgbImage;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class TerminalPictureTest {

  private static final RgbImage SMALL =
      Samples.of(2, 0xFF0000, 0xFF0000, 0x0000FF, 0x00FF00, 0x0A0B0C, 0x0A0B0D);

  private final TerminalPicture full = new TerminalPicture(TerminalColors.TRUECOLOR, 80);

  @Test
  void render_trueColour_isTwoPixelsACharacter() {
    assertThat(visible(full.render(List.of(SMALL))))
        .isEqualTo(
            """
            <38;2;255;0;0m<48;2;0;0;255m▀<48;2;0;255;0m▀<0m
            <38;2;10;11;12m▀<38;2;10;11;13m▀<0m
            """);
  }

  @Test
  void render_256Colours_takesTheNearest() {
    TerminalPicture picture = new TerminalPicture(TerminalColors.ANSI256, 80);

    assertThat(visible(picture.render(List.of(SMALL))))
        .isEqualTo(
            """
            <38;5;196m<48;5;21m▀<48;5;46m▀<0m
            <38;5;232m▀▀<0m
            """);
  }

  @Test
  void render_twoPictures_standSideBySide() {
    RgbImage flat = Samples.of(1, 0x010101, 0x020202);

    assertThat(visible(full.render(List.of(flat, SMALL))))
        .isEqualTo(
            """
            <38;2;1;1;1m<48;2;2;2;2m▀<0m <38;2;255;0;0m<48;2;0;0;255m▀<48;2;0;255;0m▀<0m
              <38;2;10;11;12m▀<38;2;10;11;13m▀<0m
            """);
  }

  @Test
  void redraw_movesUpOverWhatWasDrawn() {
    List<RgbImage> images = List.of(SMALL);

    assertThat(full.redraw(images)).isEqualTo("\u001b[2A\r" + full.render(images));
  }

  @Test
  void render_anyWidthAndCount_staysWithinTheTerminal() {
    for (int columns : new int[] {1, 10, 33, 80, 200}) {
      for (int count : new int[] {1, 2, 5, 12}) {
        TerminalPicture picture = new TerminalPicture(TerminalColors.ANSI256, columns);
        List<RgbImage> images = Collections.nCopies(count, Samples.gradient(100, 70));

        String text = visible(picture.render(images)).replaceAll("<[0-9;]*m", "");

        assertThat(text.lines().mapToInt(String::length).max().orElse(0)).isBetween(1, columns);
        assertThat(text.lines().count()).isEqualTo(picture.lines(images));
      }
    }
  }

  @Test
  void render_withoutColours_isEmpty() {
    TerminalPicture none = new TerminalPicture(TerminalColors.NONE, 80);

    assertThat(none.render(List.of(SMALL))).isEmpty();
    assertThat(none.redraw(List.of(SMALL))).isEmpty();
    assertThatThrownBy(() -> new TerminalPicture(TerminalColors.NONE, 0))
        .hasMessage("a terminal of 0 columns");
  }

  @Test
  void ansi256_everyLevel_isTheNearestOfAll() {
    for (int rgb = 0; rgb < 1 << 24; rgb += 40_009) {
      int red = rgb >> 16;
      int green = rgb >> 8 & 255;
      int blue = rgb & 255;
      int least = Integer.MAX_VALUE;
      for (int code = 16; code < 256; code++) {
        least = Math.min(least, distance(code, red, green, blue));
      }
      assertThat(distance(TerminalPicture.ansi256(red, green, blue), red, green, blue))
          .as("%06x", rgb)
          .isEqualTo(least);
    }
  }

  private static int distance(int code, int red, int green, int blue) {
    int[] cube = {0, 95, 135, 175, 215, 255};
    int r = code >= 232 ? 8 + 10 * (code - 232) : cube[(code - 16) / 36];
    int g = code >= 232 ? r : cube[(code - 16) / 6 % 6];
    int b = code >= 232 ? r : cube[(code - 16) % 6];
    return (r - red) * (r - red) + (g - green) * (g - green) + (b - blue) * (b - blue);
  }

  private static String visible(String text) {
    return text.replace("\u001b[", "<");
  }
}
