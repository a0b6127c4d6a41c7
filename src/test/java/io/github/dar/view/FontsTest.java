package io.github.dar.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dar.config.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A machine without fonts, as slim containers are, in a Java of its own. */
class FontsTest {

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "only there fonts can be hidden from Java")
  void available_noFonts_gridsComeBareAndCurvesSayWhy(@TempDir Path folder) throws IOException {
    Path config = Files.writeString(folder.resolve("fonts.conf"), "<fontconfig></fontconfig>");
    ProcessBuilder java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.awt.headless=true",
                // Java keeps what it knows of fonts in the home folder.
                "-Duser.home=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                WithoutFonts.class.getName())
            .redirectErrorStream(true);
    java.environment().put("FONTCONFIG_FILE", config.toString());

    String output =
        new String(java.start().getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(output)
        .contains("The grid has no labels: this machine has no font")
        .contains("grid of 4x4")
        .contains("Can't draw curves: this machine has no font to draw text with; install one");
  }

  /** What runs there. */
  static final class WithoutFonts {

    private WithoutFonts() {}

    public static void main(String[] args) {
      Grid labelled = Grid.of(1).withRowLabels(List.of("cat"));
      var grid = labelled.draw(List.of(Samples.gradient(4, 4)));
      System.out.println("grid of " + grid.width() + "x" + grid.height());
      try {
        CurvesTest.run().draw();
      } catch (UserException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}
