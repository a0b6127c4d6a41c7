package io.github.dar.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dar.config.UserException;
import io.github.dar.data.RgbImage;
import io.github.dar.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PngsTest {

  @TempDir Path folder;

  @Test
  void write_anyBytes_comeBackTheSame() throws IOException {
    for (int[] size : List.of(new int[] {1, 1}, new int[] {13, 7}, new int[] {64, 64})) {
      RgbImage image = Samples.noise(size[0], size[1], 3);
      Path file = folder.resolve("new/folder/picture.png");

      Pngs.write(file, image);

      RgbImage read = Samples.decode(Files.readAllBytes(file));
      assertThat(read.width()).isEqualTo(image.width());
      assertThat(read.rgb()).isEqualTo(image.rgb());
      assertThat(names(file.getParent())).containsExactly("picture.png");
    }
  }

  @Test
  void write_belowAFile_namesThePathAndTheMend() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));

    assertThatThrownBy(() -> Pngs.write(file.resolve("a.png"), Samples.gradient(2, 2)))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("can't write " + file.resolve("a.png"))
        .hasMessageContaining("choose another place");
  }

  @Test
  void write_ontoAFolder_leavesNothingBehind() throws IOException {
    Path taken = Files.createDirectories(folder.resolve("taken/full")).getParent();

    assertThatThrownBy(() -> Pngs.write(taken, Samples.gradient(2, 2)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(taken.toString());
    assertThat(names(folder)).containsExactly("taken");
  }

  @Test
  void write_failsMidway_keepsTheOldFile() throws IOException {
    Path file = folder.resolve("a.png");
    Files.writeString(file, "old");

    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      out.write(1);
                      throw new IOException("No space left on device");
                    }))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("No space left on device");
    assertThat(file).hasContent("old");
    assertThat(names(folder)).containsExactly("a.png");
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).toList();
    }
  }
}
