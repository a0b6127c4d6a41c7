package io.github.dar;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.modality.cv.BufferedImageFactory;
import ai.djl.modality.cv.Image;
import ai.djl.ndarray.NDManager;
import io.github.dar.data.RgbImage;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures to DJL's images and back. */
class ImagesTest {

  private static RgbImage noise(int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    new Random(1).nextBytes(rgb);
    return new RgbImage(width, height, rgb);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        BufferedImage.TYPE_INT_RGB,
        BufferedImage.TYPE_INT_BGR,
        BufferedImage.TYPE_INT_ARGB,
        BufferedImage.TYPE_3BYTE_BGR,
        BufferedImage.TYPE_4BYTE_ABGR
      })
  void rgb_isTheSameForEveryLayoutOfBytes(int type) {
    RgbImage picture = noise(5, 3);
    BufferedImage made = (BufferedImage) Images.of(picture).getWrappedImage();
    BufferedImage other = new BufferedImage(5, 3, type);
    other.setRGB(0, 0, 5, 3, made.getRGB(0, 0, 5, 3, null, 0, 5), 0, 5);
    RgbImage read = Images.rgb(null, new BufferedImageFactory().fromImage(other));
    assertThat(read.rgb()).isEqualTo(picture.rgb());
  }

  @Test
  void rgb_ofGray_isTheSamplesThemselves() {
    BufferedImage gray = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
    gray.getRaster().setSample(1, 0, 0, 100);
    RgbImage read = Images.rgb(null, new BufferedImageFactory().fromImage(gray));
    assertThat(read.rgb()).containsExactly(0, 0, 0, 100, 100, 100);
  }

  @Test
  void rgb_ofAnImageThatIsNotAwts_isReadThroughItsArray() {
    RgbImage picture = noise(4, 2);
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      RgbImage read = Images.rgb(manager, new ForeignImage(Images.of(picture)));
      assertThat(read.width()).isEqualTo(4);
      assertThat(read.rgb()).isEqualTo(picture.rgb());
      assertThat(manager.getManagedArrays()).isEmpty();
    }
  }

  @Test
  void of_isACopyThatCanBeWrittenAndResized() throws IOException {
    RgbImage picture = noise(8, 8);
    Image image = Images.of(picture);
    picture.rgb()[0] ^= 1;
    assertThat(Images.rgb(null, image).rgb()[0]).isNotEqualTo(picture.rgb()[0]);
    assertThat(image.resize(16, 16, false).getWidth()).isEqualTo(16);
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    image.save(png, "png");
    Image read =
        new BufferedImageFactory().fromInputStream(new ByteArrayInputStream(png.toByteArray()));
    assertThat(Images.rgb(null, read).rgb()).isEqualTo(Images.rgb(null, image).rgb());
  }
}
