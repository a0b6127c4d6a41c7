package io.github.dar.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dar.config.UserException;
import io.github.dar.view.Gif;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The expected pictures were written by Pillow 12.3. */
class ImageFilesTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rgb420.jpg", "rgb422.jpg", "progressive.jpg", "gray.jpg", "cmyk.jpg", "ycck.jpg",
        "rgb.jpg", "profile.jpg", "rotated.jpg", "nojfif.jpg", "gray4.png", "onebit.png",
        "palette.png", "grayalpha.png", "rgb16.png", "profile.png", "palette.gif", "rgb.bmp",
        "rgb.tif", "rgb.webp", "rgba.webp"
      })
  void decode_isPillowsToTheBit(String name) {
    RgbImage got = ImageFiles.decode(Reference.resource("files/" + name), name);
    RgbImage want = ImageFiles.decode(Reference.resource("files/" + name + ".expected.png"), name);
    assertThat(got.width()).isEqualTo(want.width());
    assertThat(Arrays.equals(got.rgb(), want.rgb())).isTrue();
  }

  @Test
  void decode_gray16_takesTheUpperBits() {
    RgbImage image = ImageFiles.decode(Reference.resource("files/gray16.png"), "gray16");
    RgbImage eight = ImageFiles.decode(Reference.resource("files/grayalpha.png"), "gray");
    for (int i = 0; i < image.rgb().length; i++) {
      assertThat((image.rgb()[i] & 0xFF) - (eight.rgb()[i] & 0xFF)).isBetween(0, 1);
    }
  }

  @Test
  void read_contentDecides_notTheName(@TempDir Path folder) throws IOException {
    Path misnamed = folder.resolve("photo.png");
    Files.write(misnamed, Reference.resource("files/rgb420.jpg"));
    assertThat(ImageFiles.read(misnamed).width()).isEqualTo(61);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"rgb420.jpg", "progressive.jpg", "cmyk.jpg", "rgb16.png", "rgb.webp", "rgb.bmp"})
  void decode_cutShort_namesTheFile(String name) {
    byte[] whole = Reference.resource("files/" + name);
    byte[] half = Arrays.copyOf(whole, whole.length * 2 / 3);
    assertThatThrownBy(() -> ImageFiles.decode(half, "some/" + name))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("some/" + name + ": ")
        .hasMessageContaining("replace or remove it");
  }

  @Test
  void decode_animation_givesItsFirstPicture(@TempDir Path folder) throws IOException {
    byte[] bytes = new byte[12];
    Arrays.fill(bytes, (byte) 255);
    RgbImage white = new RgbImage(2, 2, bytes);
    Path file = folder.resolve("two.gif");
    Gif.standard().write(file, List.of(white, new RgbImage(2, 2, new byte[12])));
    assertThat(ImageFiles.read(file).rgb()).isEqualTo(white.rgb());
  }

  @Test
  void decode_jpegWithoutItsEnd_isCutShort() {
    byte[] whole = Reference.resource("files/rgb420.jpg");
    for (int missing : new int[] {2, 10, 100}) {
      byte[] cut = Arrays.copyOf(whole, whole.length - missing);
      assertThatThrownBy(() -> ImageFiles.decode(cut, "a.jpg"))
          .hasMessageStartingWith("a.jpg: the file is cut short");
    }
  }

  @Test
  void decode_noImage_saysWhatCanBeRead() {
    assertThatThrownBy(() -> ImageFiles.decode("hello".getBytes(), "a.png"))
        .isInstanceOf(UserException.class)
        .hasMessage("a.png: not an image; dar reads PNG, JPEG, WebP, GIF, BMP and TIFF files");
    assertThatThrownBy(() -> ImageFiles.decode(new byte[0], "a.png"))
        .isInstanceOf(UserException.class);
  }

  @Test
  void read_missing_namesTheFile(@TempDir Path folder) {
    Path missing = folder.resolve("none.png");
    assertThatThrownBy(() -> ImageFiles.read(missing))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(missing + ": there is no such image file");
  }

  @Test
  void isImageName_goesByTheEnding() {
    assertThat(ImageFiles.isImageName("a.JPEG")).isTrue();
    assertThat(ImageFiles.isImageName("a.b.webp")).isTrue();
    assertThat(ImageFiles.isImageName("readme.txt")).isFalse();
    assertThat(ImageFiles.isImageName("none")).isFalse();
  }
}
