package io.github.dar.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class ShapesSourceTest {

  @Test
  void class207_isTheRedStarOnCheckered() {
    ImageSource shapes = ImageSources.open("shapes:", 32, 0);
    assertThat(shapes.classNames()).hasSize(1000).doesNotHaveDuplicates();
    assertThat(shapes.classNames().get(207)).isEqualTo("red star on checkered");
    assertThat(shapes.classNames().get(0)).isEqualTo("red circle on plain");
    assertThat(shapes.classNames().get(999)).isEqualTo("black flower on clouds");
  }

  @Test
  void labels_areBalanced() {
    ImageSource shapes = ImageSources.open("shapes:", 32, 0);
    assertThat(shapes.size()).isEqualTo(50_000);
    int[] counts = new int[1000];
    for (int i = 0; i < shapes.size(); i++) {
      counts[shapes.label(i)]++;
    }
    assertThat(counts).containsOnly(50);
  }

  @Test
  void parse_optionsOverrideTheDefaults() {
    ImageSource shapes = ImageSources.open("shapes:count=12,size=40", 32, 3);
    assertThat(shapes.size()).isEqualTo(12);
    assertThat(shapes.image(11).width()).isEqualTo(40);
    assertThat(shapes.describe())
        .isEqualTo("12 generated shapes of 40x40 in 1000 classes (seed 3)");
    assertThat(ImageSources.open("shapes:count=12", 24, 0).image(0).height()).isEqualTo(24);
  }

  @Test
  void parse_fewerKinds_areTheFirstOfEach() {
    ImageSource few = ImageSources.open("shapes:count=50,shapes=3,colors=2,backgrounds=4", 16, 0);
    assertThat(few.classNames()).hasSize(24).doesNotHaveDuplicates();
    assertThat(few.classNames().get(0)).isEqualTo("red circle on plain");
    assertThat(few.classNames().get(23)).isEqualTo("orange star on waves");
    assertThat(few.label(24)).isZero();
    ImageSource plain = ImageSources.open("shapes:backgrounds=1", 64, 0);
    assertThat(plain.classNames().get(25)).isEqualTo("blue star on plain");
    assertThat(nearestColors(plain, 25, ShapeColor.BLUE)).isGreaterThan(200);
    assertThatThrownBy(() -> ImageSources.open("shapes:colors=11", 16, 0))
        .hasMessage("shapes: colors is 11; give 1 to 10");
  }

  @Test
  void image_isAFunctionOfSeedAndIndex() {
    ImageSource shapes = new ShapesSource(3000, 16, 1);
    Set<Long> pictures = new HashSet<>();
    for (int i : new int[] {0, 1, 1000, 2000}) {
      pictures.add(crc(shapes.image(i)));
      pictures.add(crc(new ShapesSource(2001, 16, 1).image(i)));
    }
    assertThat(pictures).hasSize(4);
    assertThat(crc(new ShapesSource(3000, 16, 2).image(0))).isNotIn(pictures);
  }

  /** Models are trained on these pictures: they stay as they are. */
  @Test
  void images_areFrozen() {
    ImageSource shapes = new ShapesSource(1000, 32, 0);
    CRC32 crc = new CRC32();
    for (int i = 0; i < 1000; i++) {
      crc.update(shapes.image(i).rgb());
    }
    assertThat(crc.getValue()).isEqualTo(442301723L);
  }

  @Test
  void image_showsTheClass() {
    ImageSource shapes = new ShapesSource(1000, 64, 5);
    assertThat(nearestColors(shapes, 0, ShapeColor.RED)).isGreaterThan(200);
    assertThat(nearestColors(shapes, 50, ShapeColor.BLUE)).isGreaterThan(200);
    assertThat(nearestColors(shapes, 80, ShapeColor.WHITE)).isGreaterThan(200);
    assertThat(nearestColors(shapes, 0, ShapeColor.BLUE)).isZero();
  }

  /** A scene is the same at any resolution: halving the large picture gives the small one. */
  @Test
  void image_sameSceneAtAnySize() {
    ImageSource small = new ShapesSource(1000, 32, 7);
    ImageSource large = new ShapesSource(1000, 64, 7);
    double sum = 0;
    for (int i = 0; i < 1000; i += 37) {
      byte[] a = small.image(i).rgb();
      byte[] b = Resize.resize(large.image(i), 32, 32, Resize.Filter.BOX).rgb();
      for (int j = 0; j < a.length; j++) {
        sum += Math.abs((a[j] & 0xFF) - (b[j] & 0xFF)) / (double) a.length;
      }
    }
    assertThat(sum / 28).isLessThan(3);
  }

  private static long crc(RgbImage image) {
    CRC32 crc = new CRC32();
    crc.update(image.rgb());
    return crc.getValue();
  }

  /** How many pixels are close to a colour. */
  private static int nearestColors(ImageSource source, int index, ShapeColor color) {
    byte[] rgb = source.image(index).rgb();
    int close = 0;
    for (int i = 0; i < rgb.length; i += 3) {
      double distance = 0;
      for (int channel = 0; channel < 3; channel++) {
        distance += Math.abs((rgb[i + channel] & 0xFF) / 255.0 - color.channel(channel));
      }
      close += distance < 0.3 ? 1 : 0;
    }
    return close;
  }
}
