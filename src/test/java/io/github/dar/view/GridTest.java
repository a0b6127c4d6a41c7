package io.github.dar.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dar.data.RgbImage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class GridTest {

  @Test
  void draw_referencePictures_equalsTorchvisionByteForByte() {
    RgbImage grid = Grid.of(3).draw(referenceImages());

    byte[] expected = new byte[20 * 35 * 3];
    Samples.tensor("grid_bytes").get(expected);
    assertThat(grid.height()).isEqualTo(20);
    assertThat(grid.width()).isEqualTo(35);
    assertThat(grid.rgb()).isEqualTo(expected);
  }

  @Test
  void draw_onePicture_isThatPicture() {
    RgbImage image = Samples.noise(5, 4, 1);

    assertThat(Grid.of(8).draw(List.of(image)).rgb()).isEqualTo(image.rgb());
  }

  @Test
  void draw_moreColumnsThanPictures_isAsWideAsThePictures() {
    RgbImage grid = Grid.of(8).draw(Collections.nCopies(3, Samples.gradient(10, 6)));

    assertThat(grid.width()).isEqualTo(3 * 12 + 2);
    assertThat(grid.height()).isEqualTo(6 + 4);
  }

  @Test
  void draw_scaled_repeatsPixelsButNotPadding() {
    RgbImage image = Samples.of(2, 0x010203, 0x040506);

    RgbImage grid =
        Grid.of(1).withScale(2).withPadding(1).withBackground(0xAABBCC).draw(List.of(image, image));

    int b = 0xAABBCC;
    assertThat(pixels(grid))
        .containsExactly(
            b, b, b, b, b, b, //
            b, 0x010203, 0x010203, 0x040506, 0x040506, b, //
            b, 0x010203, 0x010203, 0x040506, 0x040506, b, //
            b, b, b, b, b, b, //
            b, 0x010203, 0x010203, 0x040506, 0x040506, b, //
            b, 0x010203, 0x010203, 0x040506, 0x040506, b, //
            b, b, b, b, b, b);
  }

  @Test
  void draw_labelled_addsMarginsAndLeavesThePicturesAlone() {
    List<RgbImage> images = Collections.nCopies(4, Samples.noise(40, 30, 2));
    RgbImage bare = Grid.of(2).draw(images);

    RgbImage labelled =
        Grid.of(2)
            .withColumnLabels(List.of("real", "a label that is too long for its column"))
            .withRowLabels(List.of("cat", "dog"))
            .draw(images);

    int left = labelled.width() - bare.width();
    int top = labelled.height() - bare.height();
    assertThat(left).isPositive();
    assertThat(top).isPositive();
    for (int y = 0; y < bare.height(); y++) {
      for (int x = 0; x < bare.width(); x++) {
        assertThat(Pictures.pixel(labelled, left + x, top + y))
            .isEqualTo(Pictures.pixel(bare, x, y));
      }
    }
    assertThat(pixels(labelled)).contains(0xE8E8E8);
  }

  @Test
  void draw_whatCanNotBe_saysWhy() {
    List<RgbImage> mixed = List.of(Samples.gradient(2, 2), Samples.gradient(3, 2));

    assertThatThrownBy(() -> Grid.of(2).draw(mixed))
        .hasMessage("a grid needs pictures of one size, not 2x2 and 3x2");
    assertThatThrownBy(() -> Grid.of(2).draw(List.of())).hasMessage("a grid of no pictures");
    assertThatThrownBy(() -> Grid.of(0)).hasMessage("a grid can't have columns 0");
    assertThatThrownBy(() -> Grid.of(1).withScale(0)).hasMessage("a grid can't have scale 0");
  }

  private static List<Integer> pixels(RgbImage image) {
    List<Integer> pixels = new ArrayList<>();
    for (int i = 0; i < image.width() * image.height(); i++) {
      pixels.add(Pictures.pixel(image, i % image.width(), i / image.width()));
    }
    return pixels;
  }

  /** From floats as the reference's save_image rounds: (x+1)/2, times 255, plus a half, down. */
  private static List<RgbImage> referenceImages() {
    ByteBuffer in = Samples.tensor("grid_in");
    List<RgbImage> images = new ArrayList<>();
    for (int n = 0; n < 5; n++) {
      byte[] rgb = new byte[7 * 9 * 3];
      for (int c = 0; c < 3; c++) {
        for (int i = 0; i < 7 * 9; i++) {
          float unit = (Math.max(-1, Math.min(1, in.getFloat())) + 1) / 2;
          rgb[i * 3 + c] = (byte) (int) Math.min(255, unit * 255 + 0.5f);
        }
      }
      images.add(new RgbImage(9, 7, rgb));
    }
    return images;
  }
}
