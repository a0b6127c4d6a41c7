package io.github.dar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.GraphicsEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlotCommandTest {

  @TempDir private Path folder;

  private static boolean hasFonts() {
    try {
      return GraphicsEnvironment.getLocalGraphicsEnvironment().getAllFonts().length > 0;
    } catch (InternalError | RuntimeException e) {
      return false;
    }
  }

  @Test
  void plot_drawsTheCurvesOfARun() throws IOException {
    assumeTrue(hasFonts(), "this machine has no fonts");
    StringBuilder lines = new StringBuilder();
    for (int step = 10; step <= 100; step += 10) {
      lines.append("{\"step\":%d,\"loss\":%f,\"lr\":0.001}\n".formatted(step, 10.0 / step));
    }
    Files.writeString(folder.resolve("metrics.jsonl"), lines);

    Cli.Result result = Cli.run("plot", "" + folder, "--json");

    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("curves.png", "\"loss\" : 0.1");
    assertThat(ImageIO.read(folder.resolve("curves.png").toFile()).getWidth()).isGreaterThan(1000);
  }

  @Test
  void plot_withoutNumbers_isRefused() throws IOException {
    Files.writeString(folder.resolve("metrics.jsonl"), "");
    Cli.Result result = Cli.run("plot", "" + folder);
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("holds no numbers yet");
  }
}
