package io.github.dar.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dar.config.UserException;
import io.github.dar.weights.HostTensor;
import io.github.dar.weights.NpzWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NpzSourceTest {

  private static final int COUNT = 4;
  private static final int HEIGHT = 2;
  private static final int WIDTH = 3;
  private static final byte[] PIXELS = new byte[COUNT * HEIGHT * WIDTH * 3];

  static {
    for (int i = 0; i < PIXELS.length; i++) {
      PIXELS[i] = (byte) (i * 37);
    }
  }

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void bytes_areTheImages(boolean deflated) throws IOException {
    Path file = folder.resolve("a.npz");
    try (NpzWriter npz = deflated ? NpzWriter.deflated(file) : NpzWriter.stored(file)) {
      npz.write("arr_0", HostTensor.of(PIXELS, COUNT, HEIGHT, WIDTH, 3));
      npz.write("labels", HostTensor.of(new int[] {2, 0, 1, 2}, COUNT));
      npz.commit();
    }
    try (ImageSource source = open(file)) {
      assertImages(source);
      assertThat(IntStream.range(0, COUNT).map(source::label)).containsExactly(2, 0, 1, 2);
      assertThat(source.classNames()).containsExactly("0", "1", "2");
      assertThat(source.describe()).isEqualTo("4 images of 3x2 in 3 classes from " + file);
      assertThatThrownBy(() -> source.image(COUNT)).isInstanceOf(IndexOutOfBoundsException.class);
    }
    // A compressed file can't be read at any place: a plain copy is kept.
    assertThat(Files.exists(folder.resolve("cache"))).isEqualTo(deflated);
    if (deflated) {
      try (Stream<Path> copies = Files.list(folder.resolve("cache"))) {
        assertThat(copies).hasSize(1);
      }
    }
  }

  @Test
  void floats_becomeTheBytesTheyCameFrom() {
    float[] values = new float[PIXELS.length];
    int plane = HEIGHT * WIDTH;
    for (int i = 0; i < COUNT; i++) {
      byte[] rgb = java.util.Arrays.copyOfRange(PIXELS, i * plane * 3, (i + 1) * plane * 3);
      Pixels.toFloats(new RgbImage(WIDTH, HEIGHT, rgb), values, i * plane * 3);
    }
    // What sampling writes is truncated to bytes: half a step is added as a decoder would have.
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.min(1, values[i] + 0.2f / 127.5f);
    }
    try (ImageSource source =
        open(write("images", HostTensor.of(values, COUNT, 3, HEIGHT, WIDTH)))) {
      assertThat(source.image(0).width()).isEqualTo(WIDTH);
      assertThat(source.image(0).height()).isEqualTo(HEIGHT);
      for (int i = 0; i < COUNT; i++) {
        RgbImage wanted = Pixels.toImage(values, i * plane * 3, WIDTH, HEIGHT);
        assertThat(source.image(i).rgb()).isEqualTo(wanted.rgb());
      }
      assertThat(source.classNames()).containsExactly("images");
      assertThat(source.describe()).contains("one class (no labels)");
    }
  }

  @Test
  void otherArrays_areRefused() {
    assertRefused(write("codes", HostTensor.of(new long[4], 2, 2)), "'arr_0' or 'images'");
    assertRefused(
        write("arr_0", HostTensor.of(new byte[12], 1, 3, 2, 2)), "must be uint8 [n, H, W, 3]");
    assertRefused(write("arr_0", HostTensor.of(new long[12], 1, 2, 2, 3)), "I64[1, 2, 2, 3]");
    Path file = folder.resolve("labels.npz");
    try (NpzWriter npz = NpzWriter.stored(file)) {
      npz.write("arr_0", HostTensor.of(PIXELS, COUNT, HEIGHT, WIDTH, 3));
      npz.write("labels", HostTensor.of(new int[] {1, -1, 0}, 3));
      npz.commit();
    }
    assertRefused(file, "labels is I32[3]; it must be 4 whole numbers");
    assertRefused(folder.resolve("none.npz"), "does not exist");
  }

  private static void assertImages(ImageSource source) {
    assertThat(source.size()).isEqualTo(COUNT);
    int bytes = HEIGHT * WIDTH * 3;
    for (int i = COUNT - 1; i >= 0; i--) {
      assertThat(source.image(i).rgb())
          .isEqualTo(java.util.Arrays.copyOfRange(PIXELS, i * bytes, (i + 1) * bytes));
      assertThat(source.image(i).height()).isEqualTo(HEIGHT);
    }
  }

  private Path write(String name, HostTensor tensor) {
    Path file = folder.resolve(name + ".npz");
    try (NpzWriter npz = NpzWriter.stored(file)) {
      npz.write(name, tensor);
      npz.commit();
    }
    return file;
  }

  private ImageSource open(Path file) {
    return new NpzSource(file, new DataCache(folder.resolve("cache")));
  }

  private void assertRefused(Path file, String part) {
    assertThatThrownBy(() -> open(file))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(part);
  }
}
