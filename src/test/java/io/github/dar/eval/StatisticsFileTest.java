package io.github.dar.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dar.config.Precision;
import io.github.dar.config.UserException;
import io.github.dar.engine.Compute;
import io.github.dar.testing.Goldens;
import io.github.dar.weights.HostTensor;
import io.github.dar.weights.NpzWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Statistics from numpy and to files and back, whole and in parts. */
class StatisticsFileTest {

  private static final int WIDTH = 9;

  @TempDir private Path folder;

  @Test
  void admFile_isReadWhateverItsTypesAndOrder() {
    Statistics actual = StatisticsFile.read(Goldens.path("eval/statistics.npz"));
    try (Goldens expected = Goldens.open("eval/statistics.safetensors")) {
      assertThat(actual.features().mean()).containsExactly(expected.get("mu").toDoubles());
      assertThat(actual.features().covariance()).containsExactly(expected.get("sigma").toDoubles());
      Gaussian spatial = actual.spatial().orElseThrow();
      assertThat(spatial.mean()).containsExactly(expected.get("mu_s").toDoubles());
      assertThat(spatial.covariance()).containsExactly(expected.get("sigma_s").toDoubles());
    }
    assertThat(actual.count()).isZero();
    assertThat(actual.about()).isEmpty();
  }

  @Test
  void written_comesBack() {
    Path file = folder.resolve("statistics.npz");
    float[] rows = FeatureArrays.drawn(1, 50, WIDTH);
    float[] others = FeatureArrays.drawn(2, 50, 4);
    try (Compute compute = Compute.open("cpu", Precision.FP32, 1);
        Moments features = new Moments(compute, WIDTH);
        Moments spatial = new Moments(compute, 4)) {
      MomentsTest.add(compute, features, rows, 20);
      MomentsTest.add(compute, spatial, others, 20);
      StatisticsFile.write(file, "adm, größe 256", features, Optional.of(spatial), false);
      Statistics read = StatisticsFile.read(file);
      assertThat(read.count()).isEqualTo(50);
      assertThat(read.about()).isEqualTo("adm, größe 256");
      MomentsTest.assertSameBits(read.features(), features.gaussian());
      MomentsTest.assertSameBits(read.spatial().orElseThrow(), spatial.gaussian());
      assertThatThrownBy(() -> StatisticsFile.merge(file, features, Optional.empty()))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("has no sums")
          .hasMessageContaining("save it as a part");
    }
  }

  @Test
  void savedParts_mergeToTheSameBits() {
    float[] rows = FeatureArrays.drawn(3, 90, WIDTH);
    try (Compute compute = Compute.open("cpu", Precision.FP32, 1);
        Moments whole = new Moments(compute, WIDTH);
        Moments merged = new Moments(compute, WIDTH);
        Moments narrow = new Moments(compute, 4)) {
      MomentsTest.add(compute, whole, rows, 90);
      for (int part = 2; part >= 0; part--) {
        Path file = folder.resolve(part + ".npz");
        try (Moments some = new Moments(compute, WIDTH)) {
          int from = part * 30 * WIDTH;
          float[] own = Arrays.copyOfRange(rows, from, from + 30 * WIDTH);
          MomentsTest.add(compute, some, own, 7);
          StatisticsFile.write(file, "", some, Optional.of(some), true);
        }
        StatisticsFile.merge(file, merged, Optional.empty());
      }
      assertThat(merged.count()).isEqualTo(90);
      MomentsTest.assertSameBits(merged.gaussian(), whole.gaussian());
      assertThatThrownBy(
              () -> StatisticsFile.merge(folder.resolve("0.npz"), narrow, Optional.empty()))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("0.npz")
          .hasMessageContaining("of 9 features");
    }
  }

  @Test
  void otherFiles_areRefusedInOneLine() {
    HostTensor images = HostTensor.of(new byte[12], 1, 2, 2, 3);
    HostTensor three = HostTensor.of(new double[3], 3);
    HostTensor square = HostTensor.of(new double[9], 3, 3);
    assertRefused(Map.of("arr_0", images), "has no mu, only arr_0; give statistics");
    assertRefused(Map.of("mu", three), "has no sigma, only mu");
    assertRefused(
        Map.of("mu", three, "sigma", HostTensor.of(new double[4], 2, 2)),
        "sigma is 2x2 and mu has 3 numbers");
    assertRefused(Map.of("mu", three, "sigma", square, "mu_s", three), "has no sigma_s");
    assertRefused(
        Map.of("mu", HostTensor.of(new long[3], 3), "sigma", square),
        "mu is I64[3]; it must be float32 or float64");
    assertRefused(
        Map.of("mu", HostTensor.of(new double[] {0, Double.NaN, 0}, 3), "sigma", square),
        "the mean of the features holds NaN");
    assertRefused(Map.of("mu", three, "sigma", square, "count", three), "count is F64[3]");
  }

  private void assertRefused(Map<String, HostTensor> arrays, String message) {
    Path file = folder.resolve("refused.npz");
    try (NpzWriter npz = NpzWriter.stored(file)) {
      arrays.forEach(npz::write);
      npz.commit();
    }
    assertThatThrownBy(() -> StatisticsFile.read(file))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("refused.npz")
        .hasMessageContaining(message);
  }
}
