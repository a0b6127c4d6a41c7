package io.github.dar.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.dar.data.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CurvesTest {

  @Test
  void write_panels_isAPictureOfThem(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("curves.png");

    run().write(file);

    RgbImage image = Samples.decode(Files.readAllBytes(file));
    assertThat(image.width()).isEqualTo(2 * 720);
    assertThat(image.height()).isEqualTo(2 * 400 + 44);
    long blue = count(image, 0x2F6DB5);
    assertThat(blue).as("pixels of the first line").isGreaterThan(500);
    assertThat(count(image, 0xFFFFFF)).isGreaterThan(image.width() * image.height() * 8L / 10);
  }

  @Test
  void draw_sameInput_samePixels() {
    assertThat(run().draw().rgb()).isEqualTo(run().draw().rgb());
  }

  @Test
  void draw_whatHasNoPlaceOnTheAxes_isLeftOutWithoutFailing() {
    double nan = Double.NaN;
    double[] steps = {0, 1, 2, 3};
    for (double[] values :
        List.of(
            new double[] {nan, nan, nan, nan},
            new double[] {1, nan, Double.POSITIVE_INFINITY, 2},
            new double[] {-1, 0, -3, 0},
            new double[] {5, 5, 5, 5},
            new double[] {0, 0, 0, 0})) {
      Curves.Panel panel = Curves.Panel.of("loss", List.of(new Series("loss", steps, values)));
      for (Curves.Panel each :
          List.of(panel, panel.withLogY(), panel.withLogX().withLogY(), panel.smoothed(0.9))) {
        assertThat(Curves.of("", List.of(each)).draw().width()).isEqualTo(720);
      }
    }
    Series none = new Series("none", new double[0], new double[0]);
    Series one = new Series("one", new double[] {3}, new double[] {4});
    Curves.of("", List.of(Curves.Panel.of("few", List.of(none, one)))).draw();
  }

  @Test
  void smooth_constant_staysConstantFromTheStart() {
    assertThat(CurvePanel.smooth(new double[] {2, 2, 2}, 0.9))
        .usingElementComparator((a, b) -> Math.abs(a - b) < 1e-12 ? 0 : 1)
        .containsExactly(2, 2, 2);
    assertThat(CurvePanel.smooth(new double[] {1, 3}, 0.5)[1]).isCloseTo(7 / 3.0, within(1e-12));
  }

  @Test
  void tick_isShort() {
    assertThat(List.of(0.0, 1.0, 100.0, 0.25, 20_000.0, 1_500_000.0, 1e-4, 2.5e-5, 1e10, -0.5))
        .extracting(CurvePanel::tick)
        .containsExactly("0", "1", "100", "0.25", "20k", "1.5M", "1e-4", "2.5e-5", "1e10", "-0.5");
  }

  @Test
  void logTick_labelsFewerDigitsTheMoreDecades() {
    assertThat(CurvePanel.logTick(0.02, 1)).isEqualTo("0.02");
    assertThat(CurvePanel.logTick(0.02, 4)).isBlank();
    assertThat(CurvePanel.logTick(0.03, 1)).isBlank();
    assertThat(CurvePanel.logTick(0.41, 0.1)).isEqualTo("0.41");
    for (int exponent = -6; exponent < 7; exponent++) {
      assertThat(CurvePanel.logTick(Math.pow(10, exponent), 9)).isNotBlank();
    }
  }

  @Test
  void create_whatCanNotBe_saysWhy() {
    assertThatThrownBy(() -> Curves.Panel.of("empty", List.of()))
        .hasMessage("the panel empty has no series");
    assertThatThrownBy(() -> new Series("a", new double[2], new double[3]))
        .hasMessage("a has 2 steps but 3 values");
    Curves.Panel panel = Curves.Panel.of("p", List.of(noisy("a", 1, 3)));
    assertThatThrownBy(() -> panel.smoothed(1)).hasMessage("smoothing 1.0 is not in [0, 1)");
    assertThatThrownBy(() -> Curves.of("", Collections.emptyList()))
        .hasMessage("0 panels in 1 columns");
    assertThatThrownBy(() -> new Curves("", 1, 10, 10, List.of(panel)))
        .hasMessageContaining("10x10 is too small");
  }

  static Curves run() {
    Series rate =
        new Series(
            "lr",
            IntStream.range(0, 500).mapToDouble(i -> i * 100).toArray(),
            IntStream.range(0, 500).mapToDouble(i -> 3e-4 * Math.min(1, i / 50.0)).toArray());
    return Curves.of(
        "shapes-32, tokenizer",
        List.of(
            Curves.Panel.of("loss", List.of(noisy("total", 1, 1), noisy("flow matching", 0.6, 2)))
                .smoothed(0.9),
            Curves.Panel.of(
                    "loss terms",
                    List.of(noisy("repa", 0.3, 4), noisy("vq", 0.05, 5), noisy("lpips", 0.1, 6)))
                .withLogY()
                .smoothed(0.9),
            Curves.Panel.of("lr", List.of(rate)),
            Curves.Panel.of("gradient norm", List.of(noisy("gradient norm", 2, 3)))
                .smoothed(0.95)));
  }

  private static Series noisy(String name, double scale, long seed) {
    Random random = new Random(seed);
    return new Series(
        name,
        IntStream.range(0, 500).mapToDouble(i -> i * 100).toArray(),
        IntStream.range(0, 500)
            .mapToDouble(
                i -> scale * (0.1 + Math.exp(-i / 60.0)) * (1 + 0.2 * random.nextGaussian()))
            .toArray());
  }

  private static long count(RgbImage image, int color) {
    return IntStream.range(0, image.width() * image.height())
        .filter(i -> Pictures.pixel(image, i % image.width(), i / image.width()) == color)
        .count();
  }
}
