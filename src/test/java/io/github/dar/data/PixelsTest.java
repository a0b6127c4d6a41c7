package io.github.dar.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Every case must be the reference's to the bit. */
class PixelsTest {

  @Test
  void floatOfByte_isExact() {
    float[] want = Reference.open("tencrop").floats("tensor_of_byte");
    for (int value = 0; value < 256; value++) {
      assertThat(Pixels.toFloat(value)).isEqualTo(want[value]);
    }
  }

  @Test
  void bytesOfFloats_areExact() {
    Reference reference = Reference.open("to_uint8");
    float[] values = reference.floats("values");
    byte[] truncated = reference.bytes("bytes");
    byte[] rounded = reference.bytes("save_image_bytes");
    for (int i = 0; i < values.length; i++) {
      assertThat(Pixels.truncated(values[i])).as("%s", values[i]).isEqualTo(truncated[i]);
      assertThat(Pixels.rounded(values[i])).as("%s", values[i]).isEqualTo(rounded[i]);
    }
  }

  @Test
  void thereAndBack_isTheImage() {
    RgbImage image = Reference.picture("noise_131x70");
    float[] floats = new float[5 + image.rgb().length];
    Pixels.toFloats(image, floats, 5);
    assertThat(Pixels.toImageRounded(floats, 5, 131, 70).rgb()).isEqualTo(image.rgb());
    RgbImage truncated = Pixels.toImage(floats, 5, 131, 70);
    for (int i = 0; i < image.rgb().length; i++) {
      assertThat(Math.abs((truncated.rgb()[i] & 0xFF) - (image.rgb()[i] & 0xFF)))
          .isLessThanOrEqualTo(1);
    }
  }
}
