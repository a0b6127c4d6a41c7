package io.github.dar.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.dar.config.Precision;
import io.github.dar.config.UserException;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import io.github.dar.testing.Goldens;
import io.github.dar.weights.HostTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The distance against the reference's values, and against itself. */
class FrechetDistanceTest {

  @ParameterizedTest
  @CsvSource({
    "full, a, b",
    "low_rank, low1, low2",
    "one_low_rank, a, low2",
    "same, a, a",
    "half_constant, a, b"
  })
  void distance_equalsReference(String name, String first, String second) {
    try (Compute compute = Compute.open("cpu", Precision.FP32, 1);
        Goldens goldens = Goldens.open("eval/fid.safetensors")) {
      boolean half = name.equals("half_constant");
      Gaussian a = gaussian(compute, features(goldens, first, half));
      Gaussian b = gaussian(compute, features(goldens, second, half));
      double exact = goldens.get("fid_exact." + name).toDoubles()[0];
      double scipy = goldens.get("fid." + name).toDoubles()[0];
      double distance = FrechetDistance.between(a, b);
      assertThat(distance).isCloseTo(exact, within(Math.abs(exact) * 1e-6 + 1e-9));
      assertThat(distance).isCloseTo(scipy, within(Math.abs(scipy) * 1e-6 + 1e-9));
      assertThat(FrechetDistance.between(b, a)).isCloseTo(distance, within(1e-9));
    }
  }

  @Test
  void setAgainstItself_isZero_alsoShuffledAndOfFewImages() {
    int n = 40;
    int width = 2048; // Inception's
    float[] rows = FeatureArrays.drawn(1, n, width);
    float[] shuffled =
        FeatureArrays.shuffled(rows, n, RandomStream.of(1, Purpose.DATA_ORDER, 0).permutation(n));
    try (Compute compute = Compute.open("cpu", Precision.FP32, 2)) {
      Gaussian first = gaussian(compute, HostTensor.of(rows, n, width));
      Gaussian second = gaussian(compute, HostTensor.of(shuffled, n, width));
      assertThat(FrechetDistance.between(first, second)).isCloseTo(0, within(1e-8));
    }
  }

  @Test
  void constantFeatures_leaveTheMeans() {
    Gaussian first = new Gaussian(new double[] {1, 2}, new double[4]);
    Gaussian second = new Gaussian(new double[] {4, 6}, new double[4]);
    assertThat(FrechetDistance.between(first, second)).isEqualTo(25);
    Gaussian wide = new Gaussian(new double[] {1, 2}, new double[] {2, 0, 0, 3});
    assertThat(FrechetDistance.between(first, wide)).isEqualTo(5);
  }

  @Test
  void diagonalCovariances_followTheFormula() {
    Gaussian first = new Gaussian(new double[2], new double[] {4, 0, 0, 9});
    Gaussian second = new Gaussian(new double[2], new double[] {1, 0, 0, 16});
    assertThat(FrechetDistance.between(first, second)).isCloseTo(2, within(1e-12));
  }

  @Test
  void otherFeatures_areRefused() {
    Gaussian two = new Gaussian(new double[2], new double[4]);
    Gaussian one = new Gaussian(new double[1], new double[1]);
    assertThatThrownBy(() -> FrechetDistance.between(two, one))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("of 2 and of 1 features")
        .hasMessageContaining("use one feature network");
  }

  private static HostTensor features(Goldens goldens, String name, boolean half) {
    HostTensor features = goldens.get("features_" + name);
    if (!half) {
      return features;
    }
    float[] values = features.toFloats();
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 64 < 32 ? values[i] : 0.25f;
    }
    return HostTensor.of(values, features.shape());
  }

  private static Gaussian gaussian(Compute compute, HostTensor features) {
    try (NDManager scope = compute.manager().newSubManager();
        Moments moments = new Moments(compute, (int) features.shape()[1])) {
      NDArray array = compute.tensors().float32(scope, features);
      moments.add(array);
      return moments.gaussian();
    }
  }
}
