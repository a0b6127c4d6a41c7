package io.github.dar.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example runs, and the documents show what was run. */
class StreamAnImageTest {

  private static final Path EXAMPLE =
      Path.of("src/test/java/io/github/dar/examples/StreamAnImage.java");

  @Test
  void example_writesTheImageAndItsPreviews(@TempDir Path folder) throws IOException {
    Path out = folder.resolve("pictures");
    StreamAnImage.main(out.toString());
    try (Stream<Path> files = Files.list(out)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "8.png", "16.png", "24.png", "32.png", "40.png", "48.png", "56.png", "sneaker.png");
    }
    BufferedImage sneaker = ImageIO.read(out.resolve("sneaker.png").toFile());
    assertThat(sneaker.getWidth()).isEqualTo(32);
    assertThat(sneaker.getHeight()).isEqualTo(32);
    // Black around it and a bright shoe across the middle.
    assertThat(sneaker.getRGB(16, 2) & 255).isLessThan(40);
    assertThat(brightest(sneaker)).isGreaterThan(150);
  }

  private static int brightest(BufferedImage image) {
    int most = 0;
    for (int x = 0; x < image.getWidth(); x++) {
      most = Math.max(most, image.getRGB(x, image.getHeight() / 2) & 255);
    }
    return most;
  }

  private static String example() throws IOException {
    String source = Files.readString(EXAMPLE);
    int begin = source.indexOf('\n', source.indexOf("begins here,")) + 1;
    int end = source.lastIndexOf('\n', source.indexOf("// and ends here."));
    return source.substring(begin, end).stripIndent() + "\n";
  }

  @Test
  void guide_showsTheExample() throws IOException {
    String guide = Files.readString(Path.of("docs/library.md"));
    assertThat(guide).contains("```java\n" + example() + "```\n");
  }

  @Test
  void javadoc_showsTheExample() throws IOException {
    String javadoc = Files.readString(Path.of("src/main/java/io/github/dar/package-info.java"));
    String shown = example().lines().map(line -> " * " + line + "\n").collect(Collectors.joining());
    assertThat(javadoc).contains(" * <pre>{@code\n" + shown + " * }</pre>\n");
  }
}
