package io.github.dar.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every case must be the reference's to the bit. */
class CropsTest {

  @Test
  void reader_pictures_haveTheReferencesBytes() {
    Reference reference = Reference.open("center_crop");
    for (String name : reference.names()) {
      if (name.endsWith("/rgb_sum")) {
        long sum = 0;
        for (byte value : Reference.picture(name.replace("/rgb_sum", "")).rgb()) {
          sum += value & 0xFF;
        }
        assertThat(sum).as(name).isEqualTo(reference.longs(name)[0]);
      }
    }
  }

  @Test
  void centerCrop_pictures_areExact() {
    Reference reference = Reference.open("center_crop");
    int cases = 0;
    for (String name : reference.names()) {
      int at = name.indexOf("/center_");
      if (at > 0) {
        int size = Integer.parseInt(name.substring(at + "/center_".length()));
        RgbImage crop = Crops.centerCrop(Reference.picture(name.substring(0, at)), size);
        assertSame(name, crop, reference.image(name));
        cases++;
      }
    }
    assertThat(cases).isEqualTo(16);
  }

  @Test
  void centerCrop_ramps_areExact() {
    Reference reference = Reference.open("center_crop");
    int cases = 0;
    for (String name : reference.names()) {
      int at = name.indexOf("_to_");
      if (at > 0) {
        RgbImage in = reference.image(name.substring(0, at) + "/in");
        RgbImage crop = Crops.centerCrop(in, Integer.parseInt(name.substring(at + 4)));
        assertSame(name, crop, reference.image(name));
        cases++;
      }
    }
    assertThat(cases).isEqualTo(9);
  }

  @Test
  void resize_isExact() {
    Reference reference = Reference.open("center_crop");
    RgbImage in = reference.image("resize/in");
    int cases = 0;
    for (String name : reference.names()) {
      if (name.startsWith("resize/") && !name.equals("resize/in")) {
        RgbImage want = reference.image(name);
        Resize.Filter filter = name.contains("bicubic") ? Resize.Filter.BICUBIC : Resize.Filter.BOX;
        assertSame(name, Resize.resize(in, want.width(), want.height(), filter), want);
        cases++;
      }
    }
    assertThat(cases).isEqualTo(14);
    assertThat(Resize.resize(in, in.width(), in.height(), Resize.Filter.BICUBIC)).isSameAs(in);
  }

  @Test
  void part_isThatOfTheWhole() {
    RgbImage in = Reference.picture("noise_131x70");
    for (int[] size : new int[][] {{131, 70}, {60, 31}, {131, 40}, {200, 70}, {300, 190}}) {
      RgbImage whole = Resize.resize(in, size[0], size[1], Resize.Filter.BICUBIC);
      RgbImage part =
          Resize.part(in, size[0], size[1], Resize.Filter.BICUBIC, size[0] - 29, 3, 28, 28);
      assertSame(size[0] + "x" + size[1], part, Crops.crop(whole, size[0] - 29, 3, 28));
    }
  }

  @Test
  void randomCrop_givenDraws_isExact() {
    Reference reference = Reference.open("random_crop");
    int cases = 0;
    for (String name : reference.names()) {
      if (!name.endsWith(".draws")) {
        int at = name.indexOf("/random_");
        int size = Integer.parseInt(name.substring(at + "/random_".length()));
        long[] draws = reference.longs(name + ".draws");
        RgbImage crop =
            Crops.randomCrop(
                Reference.picture(name.substring(0, at)),
                size,
                (int) draws[0],
                (int) draws[1],
                (int) draws[2]);
        assertSame(name, crop, reference.image(name));
        cases++;
      }
    }
    assertThat(cases).isEqualTo(15);
  }

  @Test
  void randomCrop_drawn_reachesBothEndsOfItsRange() {
    // The short side is 10 already, so a crop's first byte is the column where it starts.
    byte[] rgb = new byte[14 * 10 * 3];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i / 3 % 14);
    }
    RgbImage image = new RgbImage(14, 10, rgb);
    int[] lefts = new int[5];
    for (int i = 0; i < 500; i++) {
      RandomStream random = RandomStream.of(0, Purpose.AUGMENTATION, i);
      RgbImage crop = Crops.randomCrop(image, 10, 1, 1, random);
      assertThat(crop.width()).isEqualTo(10);
      lefts[crop.rgb()[0]]++;
    }
    assertThat(Arrays.stream(lefts).min().orElseThrow()).isGreaterThan(60);
  }

  @Test
  void tenCrop_isExact() {
    Reference reference = Reference.open("tencrop");
    RgbImage input = Crops.centerCrop(Reference.picture("face_501x333"), 49);
    assertSame("input", input, reference.image("input"));
    byte[] want = reference.bytes("crops");
    List<RgbImage> crops = Crops.tenCrop(input, 45);
    assertThat(crops).hasSize(10);
    int bytes = 45 * 45 * 3;
    for (int i = 0; i < 10; i++) {
      assertThat(crops.get(i).rgb())
          .as("crop %d", i)
          .isEqualTo(Arrays.copyOfRange(want, i * bytes, (i + 1) * bytes));
    }
    float[] floats = new float[bytes];
    Pixels.toFloats(crops.get(0), floats, 0);
    assertThat(floats).isEqualTo(reference.floats("tensor0"));
  }

  @Test
  void flip_twice_isTheImage() {
    RgbImage image = Reference.picture("noise_131x70");
    RgbImage flipped = Crops.flip(image);
    assertThat(flipped.rgb()).isNotEqualTo(image.rgb());
    assertThat(Crops.flip(flipped).rgb()).isEqualTo(image.rgb());
    assertThat(Arrays.copyOf(flipped.rgb(), 3))
        .isEqualTo(Arrays.copyOfRange(image.rgb(), 130 * 3, 131 * 3));
  }

  @Test
  void pad_smallImage_isCenteredOnBlack() {
    byte[] white = new byte[28 * 28 * 3];
    Arrays.fill(white, (byte) 255);
    RgbImage padded = Crops.pad(new RgbImage(28, 28, white), 32);
    for (int y = 0; y < 32; y++) {
      for (int x = 0; x < 32; x++) {
        boolean inside = x >= 2 && x < 30 && y >= 2 && y < 30;
        assertThat(padded.rgb()[(y * 32 + x) * 3] & 0xFF).isEqualTo(inside ? 255 : 0);
      }
    }
  }

  @Test
  void pad_largeImage_isMadeToFit() {
    RgbImage padded = Crops.pad(Reference.picture("noise_131x70"), 32);
    assertThat(padded.width()).isEqualTo(32);
    RgbImage small =
        Resize.resize(Reference.picture("noise_131x70"), 32, 17, Resize.Filter.BICUBIC);
    assertThat(Arrays.copyOfRange(padded.rgb(), 7 * 96, 24 * 96)).isEqualTo(small.rgb());
  }

  @Test
  void crop_outside_isRefused() {
    RgbImage image = Reference.picture("noise_131x70");
    assertThatThrownBy(() -> Crops.crop(image, 100, 0, 64))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("131x70");
  }

  private static void assertSame(String name, RgbImage got, RgbImage want) {
    assertThat(got.width()).as(name).isEqualTo(want.width());
    assertThat(got.height()).as(name).isEqualTo(want.height());
    assertThat(Arrays.equals(got.rgb(), want.rgb())).as(name).isTrue();
  }
}
