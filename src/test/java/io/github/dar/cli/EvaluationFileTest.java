package io.github.dar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dar.data.RgbImage;
import io.github.dar.weights.Npz;
import io.github.dar.weights.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationFileTest {

  private static final int SIZE = 2;

  @TempDir private Path folder;

  private static RgbImage image(int value) {
    byte[] rgb = new byte[3 * SIZE * SIZE];
    Arrays.fill(rgb, (byte) value);
    return new RgbImage(SIZE, SIZE, rgb);
  }

  @Test
  void open_afterAKill_goesOnAfterTheLastWholeImage() throws IOException {
    Path file = folder.resolve("batch.npz");
    long[] classes = {5, 6, 7};
    try (EvaluationFile begun = EvaluationFile.open(file, "job", classes, SIZE)) {
      begun.images(List.of(image(1)));
    }
    Files.write(folder.resolve("batch.npz.part"), new byte[7], StandardOpenOption.APPEND);

    try (EvaluationFile again = EvaluationFile.open(file, "job", classes, SIZE)) {
      assertThat(again.done()).isEqualTo(1);
      again.images(List.of(image(2), image(3)));
      again.finish();
    }

    try (TensorFile npz = Npz.open(file)) {
      byte[] pixels = npz.get("arr_0").toBytes();
      assertThat(npz.get("arr_0").shape()).containsExactly(3, SIZE, SIZE, 3);
      assertThat(new byte[] {pixels[0], pixels[12], pixels[35]}).containsExactly(1, 2, 3);
      assertThat(npz.get("labels").toLongs()).isEqualTo(classes);
    }
    assertThat(folder).isDirectoryNotContaining("glob:**.part*");
  }
}
