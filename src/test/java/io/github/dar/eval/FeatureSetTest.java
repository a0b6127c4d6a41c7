package io.github.dar.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import io.github.dar.config.Precision;
import io.github.dar.config.UserException;
import io.github.dar.data.ImageSource;
import io.github.dar.data.ImageSources;
import io.github.dar.data.RgbImage;
import io.github.dar.engine.Compute;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sets of images from their source to their metrics. */
class FeatureSetTest {

  private static final Set<Measure> ALL = EnumSet.allOf(Measure.class);
  private static final int IMAGES = 60;

  private static Compute compute;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    compute = Compute.open("cpu", Precision.FP32, 0);
  }

  @AfterAll
  static void close() {
    compute.close();
  }

  private FeatureSet set(String name, Set<Measure> measures) {
    return FeatureSet.open(compute, new PlainFeatures(), folder.resolve(name), "job", measures);
  }

  private static void fill(FeatureSet set, ImageSource source, int batch, int end) {
    try (PictureReader reader = new PictureReader(source, image -> image, set.count(), batch)) {
      while (reader.hasNext() && set.count() < end) {
        set.add(reader.next());
      }
    }
  }

  private static ImageSource shapes(String range) {
    return ImageSources.open("shapes:#" + range, 16, 3);
  }

  @Test
  void batchesAndStops_changeNothing() {
    try (ImageSource source = shapes("0:" + IMAGES);
        FeatureSet once = set("once", ALL)) {
      fill(once, source, IMAGES, IMAGES);
      try (FeatureSet begun = set("parts", ALL)) {
        fill(begun, source, 7, 21);
      }
      try (FeatureSet parts = set("parts", ALL)) {
        assertThat(parts.count()).isEqualTo(21);
        fill(parts, source, 4, IMAGES);

        Statistics first = once.statistics("");
        Statistics second = parts.statistics("");
        assertThat(second.features().mean()).isEqualTo(first.features().mean());
        assertThat(second.features().covariance()).isEqualTo(first.features().covariance());
        assertThat(second.spatial().orElseThrow().covariance())
            .isEqualTo(first.spatial().orElseThrow().covariance());
        assertThat(second.count()).isEqualTo(IMAGES);
        assertThat(parts.inceptionScore(false, 0)).isEqualTo(once.inceptionScore(false, 0));
      }
    }
  }

  @Test
  void features_areTheRowsOfTheImages() {
    try (ImageSource source = shapes("0:5");
        FeatureSet set = set("rows", EnumSet.of(Measure.FRECHET));
        NDManager scope = compute.manager().newSubManager()) {
      fill(set, source, 2, 5);
      float[] features = set.features(scope).toFloatArray();

      assertThat(features).hasSize(5 * PlainFeatures.WIDTH);
      RgbImage last = source.image(4);
      double red = 0;
      for (int i = 0; i < last.rgb().length; i += 3) {
        red += (last.rgb()[i] & 0xFF) / 255.0;
      }
      assertThat((double) features[4 * PlainFeatures.WIDTH])
          .isCloseTo(red / (last.width() * last.height()), within(1e-5));
    }
  }

  @Test
  void aSetAgainstItself_isAtNoDistance() {
    Set<Measure> measures = EnumSet.range(Measure.FRECHET, Measure.KERNEL);
    try (ImageSource source = shapes("0:" + IMAGES);
        FeatureSet set = set("set", measures)) {
      fill(set, source, 16, IMAGES);
      Statistics statistics = set.statistics("");
      List<EvaluationReport.Value> values =
          new SetComparison(compute, statistics, Optional.of(set), 0)
              .measure(measures, set, statistics, false, null);

      assertThat(values)
          .extracting(EvaluationReport.Value::measure)
          .containsExactlyElementsOf(measures);
      assertThat(values.get(0).value()).isCloseTo(0, within(1e-3));
      assertThat(values.get(1).value()).isCloseTo(0, within(1e-3));
      assertThat(values.get(3).value()).isEqualTo(1);
      assertThat(values.get(4).value()).isEqualTo(1);
    }
  }

  @Test
  void mixedSizes_areRefusedByName() {
    ImageSource source =
        new ImageSource() {
          @Override
          public int size() {
            return 3;
          }

          @Override
          public RgbImage image(int index) {
            int side = index == 2 ? 5 : 4;
            return new RgbImage(side, side, new byte[3 * side * side]);
          }

          @Override
          public int label(int index) {
            return 0;
          }

          @Override
          public List<String> classNames() {
            return List.of("all");
          }

          @Override
          public String describe() {
            return "three images";
          }
        };
    try (PictureReader reader = new PictureReader(source, image -> image, 0, 3)) {
      assertThatThrownBy(reader::next)
          .isInstanceOf(UserException.class)
          .hasMessageContaining("image 2 is 5x5")
          .hasMessageContaining("--size");
    }
  }
}
