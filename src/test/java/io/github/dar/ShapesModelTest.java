package io.github.dar;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.modality.cv.Image;
import io.github.dar.config.Precision;
import io.github.dar.data.ImageSource;
import io.github.dar.data.ImageSources;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The model that ships makes what it is asked for. */
@Tag("e2e")
class ShapesModelTest {

  private static final int SIZE = 64;

  /** Stars on plain ground, one of each colour. */
  private static final long[] CLASSES = {200, 210, 220, 230, 240, 250, 260, 270, 280, 290};

  @Test
  void samples_haveTheColorsOfRealPicturesOfTheirClass() {
    List<double[]> real = new ArrayList<>();
    try (ImageSource pictures = ImageSources.open("shapes:count=1000", SIZE, 3)) {
      for (long label : CLASSES) {
        byte[] rgb = pictures.image((int) label).rgb();
        int[] pixels = new int[SIZE * SIZE];
        for (int i = 0; i < pixels.length; i++) {
          pixels[i] = (rgb[3 * i] & 255) << 16 | (rgb[3 * i + 1] & 255) << 8 | rgb[3 * i + 2] & 255;
        }
        real.add(objectColor(pixels));
      }
    }
    LoadOptions options =
        LoadOptions.DEFAULT.withDevice(Device.cpu()).withPrecision(Precision.FP32);
    try (DarModel model = DarModel.load(Path.of("models/shapes"), options)) {
      SampleRequest request = model.request(CLASSES);
      assertThat(request.options().guidance()).hasToString("3.0");
      List<Image> images = model.sample(request).images();
      int right = 0;
      for (int i = 0; i < CLASSES.length; i++) {
        right += nearest(objectColor(pixels(images.get(i))), real) == i ? 1 : 0;
      }
      assertThat(right).isGreaterThanOrEqualTo(9);
    }
  }

  private static int[] pixels(Image image) {
    BufferedImage picture = (BufferedImage) image.getWrappedImage();
    return picture.getRGB(0, 0, SIZE, SIZE, null, 0, SIZE);
  }

  /** The mean color of the pixels that differ most from the corners. */
  private static double[] objectColor(int[] pixels) {
    double[] ground = new double[3];
    for (int corner : new int[] {0, SIZE - 1, SIZE * (SIZE - 1), SIZE * SIZE - 1}) {
      for (int c = 0; c < 3; c++) {
        ground[c] += color(pixels[corner])[c] / 4;
      }
    }
    double most = 0;
    for (int pixel : pixels) {
      most = Math.max(most, distance(color(pixel), ground));
    }
    double[] mean = new double[3];
    int count = 0;
    for (int pixel : pixels) {
      double[] color = color(pixel);
      if (distance(color, ground) > 0.7 * most) {
        count++;
        for (int c = 0; c < 3; c++) {
          mean[c] += color[c];
        }
      }
    }
    for (int c = 0; c < 3; c++) {
      mean[c] /= count;
    }
    return mean;
  }

  private static double[] color(int pixel) {
    return new double[] {pixel >> 16 & 255, pixel >> 8 & 255, pixel & 255};
  }

  private static double distance(double[] a, double[] b) {
    return Math.hypot(Math.hypot(a[0] - b[0], a[1] - b[1]), a[2] - b[2]);
  }

  private static int nearest(double[] color, List<double[]> colors) {
    int best = 0;
    for (int i = 1; i < colors.size(); i++) {
      if (distance(color, colors.get(i)) < distance(color, colors.get(best))) {
        best = i;
      }
    }
    return best;
  }
}
