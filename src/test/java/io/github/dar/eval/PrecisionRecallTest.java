package io.github.dar.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.Precision;
import io.github.dar.config.UserException;
import io.github.dar.engine.Compute;
import io.github.dar.testing.Goldens;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Precision and recall against the reference's decisions and a twin over all pairs. */
class PrecisionRecallTest {

  private static Compute compute;

  @BeforeAll
  static void open() {
    compute = Compute.open("cpu", Precision.FP32, 2);
  }

  @AfterAll
  static void close() {
    compute.close();
  }

  private static NDArray array(float[] rows, int width) {
    return compute.manager().create(rows, new Shape(rows.length / width, width));
  }

  @Test
  void shares_equalReference() {
    try (Goldens goldens = Goldens.open("eval/precision_recall.safetensors")) {
      NDArray reference = goldens.array(compute.manager(), "reference");
      NDArray sample = goldens.array(compute.manager(), "sample");
      PrecisionRecall three =
          PrecisionRecall.of(compute, reference, sample, PrecisionRecall.NEIGHBOUR);
      assertThat(three.precision()).isEqualTo(goldens.get("precision").toDoubles()[0]);
      assertThat(three.recall()).isEqualTo(goldens.get("recall").toDoubles()[0]);
      PrecisionRecall five = PrecisionRecall.of(compute, reference, sample, 5);
      assertThat(five.precision()).isEqualTo(goldens.get("precision_k5").toDoubles()[0]);
      assertThat(five.recall()).isEqualTo(goldens.get("recall_k5").toDoubles()[0]);
      for (String name : new String[] {"reference", "sample"}) {
        double[] radii =
            PrecisionRecall.radii(compute, name.equals("sample") ? sample : reference, 3);
        float[] expected = goldens.get("radii_" + name).toFloats();
        assertThat(radii).hasSameSizeAs(expected);
        for (int i = 0; i < radii.length; i++) {
          assertThat(radii[i]).isCloseTo(expected[i], within(expected[i] * 2e-6));
        }
      }
    }
  }

  @Test
  void manyBlocks_equalTwin() {
    int width = 8;
    float[] reference = FeatureArrays.drawn(1, 2100, width);
    float[] samples = FeatureArrays.drawn(2, 700, width);
    for (int i = 0; i < samples.length; i++) {
      samples[i] *= 0.8f;
    }
    System.arraycopy(reference, 0, samples, 600 * width, 5 * width);
    PrecisionRecall actual =
        PrecisionRecall.of(compute, array(reference, width), array(samples, width), 3);
    assertThat(actual.precision()).isEqualTo(covered(samples, reference, width, 3));
    assertThat(actual.recall()).isEqualTo(covered(reference, samples, width, 3));
    assertThat(actual.precision()).isBetween(0.1, 0.99);
  }

  /** The share of rows inside a ball of another set, pair by pair. */
  private static double covered(float[] rows, float[] others, int width, int k) {
    int count = others.length / width;
    double[] radii = new double[count];
    for (int i = 0; i < count; i++) {
      double[] distances = new double[count];
      for (int j = 0; j < count; j++) {
        distances[j] = distance(others, i, others, j, width);
      }
      Arrays.sort(distances);
      radii[i] = distances[k];
    }
    int inside = 0;
    for (int i = 0; i < rows.length / width; i++) {
      boolean found = false;
      for (int j = 0; j < count && !found; j++) {
        found = distance(rows, i, others, j, width) <= radii[j];
      }
      inside += found ? 1 : 0;
    }
    return (double) inside / (rows.length / width);
  }

  private static double distance(float[] a, int i, float[] b, int j, int width) {
    double sum = 0;
    for (int d = 0; d < width; d++) {
      double difference = (double) a[i * width + d] - b[j * width + d];
      sum += difference * difference;
    }
    return sum;
  }

  @Test
  void equalImages_areAtNoDistance() {
    // A collapsed model: balls of radius 0 hold their own images and nothing else.
    int width = 300;
    float[] one = FeatureArrays.drawn(3, 1, width);
    float[] samples = new float[600 * width];
    for (int i = 0; i < 600; i++) {
      System.arraycopy(one, 0, samples, i * width, width);
    }
    float[] reference = FeatureArrays.drawn(4, 50, width);
    System.arraycopy(one, 0, reference, 17 * width, width);
    double[] radii = PrecisionRecall.radii(compute, array(samples, width), 3);
    assertThat(radii).containsOnly(0);
    PrecisionRecall actual =
        PrecisionRecall.of(compute, array(reference, width), array(samples, width), 3);
    assertThat(actual).isEqualTo(new PrecisionRecall(1, 1 / 50.));
  }

  @Test
  void setAgainstItself_isWhole() {
    NDArray rows = array(FeatureArrays.drawn(5, 40, 6), 6);
    assertThat(PrecisionRecall.of(compute, rows, rows, 3)).isEqualTo(new PrecisionRecall(1, 1));
  }

  @Test
  void wrongInput_isRefused() {
    NDArray four = array(FeatureArrays.drawn(6, 4, 5), 5);
    NDArray three = array(FeatureArrays.drawn(7, 3, 5), 5);
    NDArray narrow = array(FeatureArrays.drawn(8, 4, 2), 2);
    NDArray nan = array(new float[] {0, 0, 0, Float.NaN}, 1);
    assertThatThrownBy(() -> PrecisionRecall.of(compute, four, three, 3))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("the samples are 3 images and the metric needs 4 or more");
    assertThatThrownBy(() -> PrecisionRecall.of(compute, four, narrow, 3))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("one feature network");
    assertThatThrownBy(() -> PrecisionRecall.of(compute, nan, nan, 3))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("features of the reference hold what is no number");
  }
}
