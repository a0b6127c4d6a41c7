package io.github.dar.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.dar.config.UserException;
import io.github.dar.data.RgbImage;
import io.github.dar.testing.Goldens;
import io.github.dar.weights.HostTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** PSNR and SSIM against scikit-image's numbers. */
class ImageQualityTest {

  private static RgbImage image(HostTensor pixels) {
    byte[] rgb = new byte[(int) pixels.elements()];
    pixels.bytes().get(rgb);
    return new RgbImage((int) pixels.shape()[1], (int) pixels.shape()[0], rgb);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pair0.", "pair1."})
  void values_equalReference(String pair) {
    try (Goldens goldens = Goldens.open("eval/ssim_psnr.safetensors")) {
      RgbImage restored = image(goldens.get(pair + "restored"));
      RgbImage truth = image(goldens.get(pair + "truth"));
      assertThat(ImageQuality.psnr(restored, truth))
          .isCloseTo(goldens.get(pair + "psnr").toDoubles()[0], within(1e-9));
      assertThat(ImageQuality.ssim(restored, truth))
          .isCloseTo(goldens.get(pair + "ssim").toDoubles()[0], within(1e-9));
      assertThat(ImageQuality.scriptPsnr(restored, truth))
          .isCloseTo(goldens.get(pair + "script_psnr").toDoubles()[0], within(1e-9));
      double script = ImageQuality.scriptSsim(restored, truth);
      assertThat(script).isCloseTo(goldens.get(pair + "script_ssim").toDoubles()[0], within(1e-9));
      assertThat(script)
          .isCloseTo(goldens.get(pair + "script_ssim_f32").toDoubles()[0], within(1e-6));
    }
  }

  @Test
  void taps_equalReference() {
    try (Goldens goldens = Goldens.open("eval/ssim_psnr.safetensors")) {
      assertThat(Ssim.GAUSSIAN.taps())
          .containsExactly(goldens.get("gauss.taps").toDoubles(), within(1e-15));
    }
  }

  @Test
  void equalPictures_areWhole() {
    RgbImage image = new RgbImage(11, 12, new byte[11 * 12 * 3]);
    assertThat(ImageQuality.psnr(image, image)).isInfinite();
    assertThat(ImageQuality.ssim(image, image)).isEqualTo(1);
    assertThat(ImageQuality.scriptSsim(image, image)).isEqualTo(1);
  }

  @Test
  void otherSizes_areRefused() {
    RgbImage small = new RgbImage(10, 12, new byte[360]);
    RgbImage turned = new RgbImage(12, 10, new byte[360]);
    assertThatThrownBy(() -> ImageQuality.psnr(small, turned))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("10x12 can't be compared with one of 12x10");
    assertThatThrownBy(() -> ImageQuality.ssim(small, small))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("windows of 11x11 and a picture is 10x12");
  }
}
