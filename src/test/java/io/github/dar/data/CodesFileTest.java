package io.github.dar.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dar.config.UserException;
import io.github.dar.weights.DType;
import io.github.dar.weights.HostTensor;
import io.github.dar.weights.Npz;
import io.github.dar.weights.NpzWriter;
import io.github.dar.weights.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Images of 3 tokens; code k of crop c of image i is 100 i + 10 c + k. */
class CodesFileTest {

  private static final int TOKENS = 3;

  @TempDir Path folder;

  private static CodesWriter.Layout layout(int crops, int codebook, int latent) {
    return new CodesWriter.Layout("images", crops, TOKENS, codebook, latent, 4);
  }

  private static void add(CodesWriter writer, int crops, int latent, int image) {
    long[] codes =
        LongStream.range(0, (long) crops * TOKENS)
            .map(k -> 100L * image + k / TOKENS * 10 + k % TOKENS)
            .toArray();
    float[] latents = new float[codes.length * latent];
    Arrays.fill(latents, image + 0.5f);
    writer.add(image, image % 2, codes, latents);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 16384, I64, '[5, 3]', '[5, 3, 2]'",
    "10, 16384, U16, '[5, 10, 3]', '[5, 10, 3, 2]'",
    "10, 65536, U16, '[5, 10, 3]', '[5, 10, 3, 2]'",
    "2, 65537, I32, '[5, 2, 3]', '[5, 2, 3, 2]'"
  })
  void write_thenRead(int crops, int codebook, DType dtype, String shape, String latentShape) {
    Path file = folder.resolve("codes.npz");
    try (CodesWriter writer = CodesWriter.open(file, layout(crops, codebook, 2))) {
      for (int image = 0; image < 5; image++) {
        add(writer, crops, 2, image);
      }
      assertThat(file).doesNotExist();
      assertThat(writer.finish(5)).isEqualTo(5);
    }
    assertThat(folder)
        .isDirectoryContaining(f -> f.equals(file))
        .isDirectoryNotContaining(f -> !f.equals(file));
    try (TensorFile npz = Npz.open(file)) {
      assertThat(npz.names()).containsExactly("codes", "labels", "latents");
      assertThat(npz.get("codes")).hasToString(dtype + shape);
      assertThat(npz.get("latents")).hasToString("F32" + latentShape);
      float[] latents = npz.get("latents").toFloats();
      assertThat(latents[0]).isEqualTo(0.5f);
      assertThat(latents[latents.length - 1]).isEqualTo(4.5f);
    }
    try (CodesFile codes = CodesFile.open(file)) {
      assertThat(codes.images()).isEqualTo(5);
      assertThat(codes.crops()).isEqualTo(crops);
      assertThat(codes.tokens()).isEqualTo(TOKENS);
      assertThat(codes.label(3)).isEqualTo(1);
      for (int crop = 0; crop < crops; crop++) {
        long first = 400 + 10 * crop;
        assertThat(codes.codes(4, crop)).containsExactly(first, first + 1, first + 2);
      }
      assertThatThrownBy(() -> codes.codes(0, crops)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void interrupted_goesOnWithAWholeBatch_andEndsTheSame() throws IOException {
    Path whole = folder.resolve("whole.npz");
    Path resumed = folder.resolve("resumed.npz");
    try (CodesWriter writer = CodesWriter.open(whole, layout(2, 600, 0))) {
      for (int image = 0; image < 10; image++) {
        if (image != 3) {
          add(writer, 2, 0, image);
        }
      }
      assertThat(writer.finish(10)).isEqualTo(9);
    }
    try (CodesWriter writer = CodesWriter.open(resumed, layout(2, 600, 0))) {
      for (int image : new int[] {0, 1, 2, 4, 5}) {
        add(writer, 2, 0, image);
      }
    }
    Path part = folder.resolve("resumed.npz.part");
    byte[] torn = Files.readAllBytes(part);
    Files.write(part, Arrays.copyOf(torn, torn.length - 3));
    try (CodesWriter writer = CodesWriter.open(resumed, layout(2, 600, 0))) {
      // Image 3 was left out: its batch is there all the same. That of image 4 is torn.
      assertThat(writer.next()).isEqualTo(4);
      for (int image = 4; image < 10; image++) {
        add(writer, 2, 0, image);
      }
      assertThat(writer.next()).isEqualTo(12);
      writer.finish(10);
    }
    assertThat(Files.readAllBytes(resumed)).isEqualTo(Files.readAllBytes(whole));
    try (TensorFile npz = Npz.open(whole)) {
      assertThat(npz.get("indices").toLongs()).containsExactly(0, 1, 2, 4, 5, 6, 7, 8, 9);
    }
  }

  @Test
  void otherJob_startsOver() {
    Path file = folder.resolve("codes.npz");
    try (CodesWriter writer = CodesWriter.open(file, layout(1, 600, 0))) {
      for (int image = 0; image < 4; image++) {
        add(writer, 1, 0, image);
      }
    }
    try (CodesWriter writer = CodesWriter.open(file, layout(1, 600, 0))) {
      assertThat(writer.next()).isEqualTo(4);
    }
    try (CodesWriter writer = CodesWriter.open(file, layout(10, 600, 0))) {
      assertThat(writer.next()).isZero();
      assertThatThrownBy(() -> writer.finish(4)).hasMessageContaining("none of the images");
    }
    assertThat(file).doesNotExist();
  }

  @Test
  void shuffled_drawsOneCropByPosition_alone() {
    Path file = folder.resolve("codes.npz");
    try (CodesWriter writer = CodesWriter.open(file, layout(10, 1000, 0))) {
      for (int image = 0; image < 6; image++) {
        add(writer, 10, 0, image);
      }
      writer.finish(6);
    }
    try (TrainingCodes codes = new ShuffledCodes(CodesFile.open(file), 3)) {
      assertThat(codes.images()).isEqualTo(6);
      assertThat(codes.classes()).isEqualTo(2);
      TokenCodes all = codes.batch(0, 600);
      TokenCodes later = codes.batch(77, 11);
      assertThat(later.codes()).isDeepEqualTo(Arrays.copyOfRange(all.codes(), 77, 88));
      assertThat(later.labels()).isEqualTo(Arrays.copyOfRange(all.labels(), 77, 88));
      EpochOrder order = new EpochOrder(3, 6);
      Set<Long> crops = new HashSet<>();
      for (int at = 0; at < 600; at++) {
        long first = all.codes()[at][0];
        assertThat(first / 100).isEqualTo(order.at(at));
        assertThat(all.labels()[at]).isEqualTo(first / 100 % 2);
        crops.add(first / 10 % 10);
      }
      assertThat(crops).hasSize(10);
      assertThat(codes.describe()).startsWith("6 images of 10 crops, checksum of their codes ");
    }
  }

  @Test
  void otherFiles_areRefused() {
    assertRefused(write("latents", HostTensor.of(new long[4], 2, 2)), "'codes' and 'labels'");
    assertRefused(write("codes", HostTensor.of(new float[4], 2, 2)), "must be whole numbers");
    assertRefused(write("codes", HostTensor.of(new long[4], 4)), "[n, N] or [n, crops, N]");
    assertRefused(write("codes", HostTensor.of(new long[9], 3, 3)), "labels is I64[2] for 3 codes");
  }

  private Path write(String name, HostTensor tensor) {
    Path file = folder.resolve("other.npz");
    try (NpzWriter npz = NpzWriter.stored(file)) {
      npz.write(name, tensor);
      npz.write("labels", HostTensor.of(new long[2], 2));
      npz.commit();
    }
    return file;
  }

  private static void assertRefused(Path file, String part) {
    assertThatThrownBy(() -> CodesFile.open(file))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(part);
  }
}
