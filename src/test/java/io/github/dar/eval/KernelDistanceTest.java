package io.github.dar.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.Precision;
import io.github.dar.config.UserException;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** KID against a twin in plain loops. */
class KernelDistanceTest {

  private static final int WIDTH = 6;
  private static final float[] X = FeatureArrays.drawn(1, 1203, WIDTH);
  private static final float[] Y = FeatureArrays.drawn(2, 1100, WIDTH);
  private static Compute compute;

  @BeforeAll
  static void open() {
    compute = Compute.open("cpu", Precision.FP32, 2);
    for (int i = 0; i < Y.length; i++) {
      Y[i] *= 1.1f;
    }
  }

  @AfterAll
  static void close() {
    compute.close();
  }

  private static NDArray array(float[] rows) {
    return compute.manager().create(rows, new Shape(rows.length / WIDTH, WIDTH));
  }

  private static double kernel(float[] x, int i, float[] y, int j) {
    double dot = 0;
    for (int d = 0; d < WIDTH; d++) {
      dot += (double) x[i * WIDTH + d] * y[j * WIDTH + d];
    }
    return Math.pow(dot / WIDTH + 1, 3);
  }

  /** The estimate over the chosen rows. */
  private static double twin(int[] xs, int n, int[] ys, int m) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        sum += i == j ? 0 : kernel(X, xs[i], X, xs[j]) / ((double) n * (n - 1));
      }
      for (int j = 0; j < m; j++) {
        sum -= 2 * kernel(X, xs[i], Y, ys[j]) / ((double) n * m);
      }
    }
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < m; j++) {
        sum += i == j ? 0 : kernel(Y, ys[i], Y, ys[j]) / ((double) m * (m - 1));
      }
    }
    return sum;
  }

  @Test
  void wholeSets_equalTwin() {
    int[] all = new int[1203];
    for (int i = 0; i < all.length; i++) {
      all[i] = i;
    }
    double expected = twin(all, 1203, all, 1100);
    double actual = KernelDistance.ofAll(compute, array(X), array(Y));
    assertThat(actual).isCloseTo(expected, within(Math.abs(expected) * 1e-9));
    assertThat(actual).isPositive();
  }

  @Test
  void subsets_equalTwin_andDependOnSeedOnly() {
    double[] expected = new double[3];
    for (int i = 0; i < expected.length; i++) {
      RandomStream random = RandomStream.of(7, Purpose.METRIC_SUBSET, i);
      expected[i] = twin(random.permutation(1203), 90, random.permutation(1100), 90);
    }
    Spread twin = Spread.of(expected);
    Spread actual = KernelDistance.ofSubsets(compute, array(X), array(Y), 3, 90, 7);
    assertThat(actual.mean()).isCloseTo(twin.mean(), within(Math.abs(twin.mean()) * 1e-9));
    assertThat(actual.deviation()).isCloseTo(twin.deviation(), within(twin.deviation() * 1e-9));
    assertThat(KernelDistance.ofSubsets(compute, array(X), array(Y), 3, 90, 7)).isEqualTo(actual);
    assertThat(KernelDistance.ofSubsets(compute, array(X), array(Y), 3, 90, 8))
        .isNotEqualTo(actual);
  }

  @Test
  void subsetsOfAll_areTheWholeSet() {
    // A subset of the smaller set's size takes all of it.
    NDArray some = array(Arrays.copyOf(X, 1100 * WIDTH));
    Spread actual = KernelDistance.ofSubsets(compute, some, array(Y), 2, 5000, 0);
    double whole = KernelDistance.ofAll(compute, some, array(Y));
    assertThat(actual.mean()).isCloseTo(whole, within(1e-9));
    assertThat(actual.deviation()).isCloseTo(0, within(1e-9));
  }

  @Test
  void wrongInput_isRefused() {
    NDArray one = array(FeatureArrays.drawn(3, 1, WIDTH));
    assertThatThrownBy(() -> KernelDistance.ofAll(compute, array(X), one))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("the samples are 1 images and the metric needs 2 or more");
    NDArray narrow = compute.manager().create(new float[8], new Shape(4, 2));
    assertThatThrownBy(() -> KernelDistance.ofAll(compute, array(X), narrow))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("not 6 numbers an image");
  }
}
