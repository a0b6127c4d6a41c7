package io.github.dar.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.Precision;
import io.github.dar.config.UserException;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import io.github.dar.testing.Goldens;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mean and covariance: right to the last bit, and the same bits however the images come. */
class MomentsTest {

  private static final int WIDTH = 20;
  private static Compute compute;

  @BeforeAll
  static void open() {
    compute = Compute.open("cpu", Precision.FP32, 2);
  }

  @AfterAll
  static void close() {
    compute.close();
  }

  /** Adds rows, some at a time. */
  static void add(Compute compute, Moments moments, float[] rows, int batch) {
    int step = batch * moments.width();
    for (int at = 0; at < rows.length; at += step) {
      float[] piece = Arrays.copyOfRange(rows, at, Math.min(rows.length, at + step));
      try (NDManager scope = compute.manager().newSubManager()) {
        moments.add(
            scope.create(piece, new Shape(piece.length / moments.width(), moments.width())));
      }
    }
  }

  static Gaussian of(float[] rows, int width, int batch) {
    try (Moments moments = new Moments(compute, width)) {
      add(compute, moments, rows, batch);
      return moments.gaussian();
    }
  }

  static void assertSameBits(Gaussian actual, Gaussian expected) {
    assertThat(actual.mean()).containsExactly(expected.mean());
    assertThat(actual.covariance()).containsExactly(expected.covariance());
  }

  @Test
  void gaussian_isExactButForItsLastBit() {
    int n = 333;
    float[] rows = FeatureArrays.drawn(1, n, WIDTH);
    Gaussian actual = of(rows, WIDTH, 50);
    BigDecimal[] sums = new BigDecimal[WIDTH];
    Arrays.fill(sums, BigDecimal.ZERO);
    for (int i = 0; i < rows.length; i++) {
      sums[i % WIDTH] = sums[i % WIDTH].add(rounded(rows[i]));
    }
    for (int i = 0; i < WIDTH; i++) {
      double mean = sums[i].divide(BigDecimal.valueOf(n), MathContext.DECIMAL128).doubleValue();
      assertThat(actual.mean()[i]).isCloseTo(mean, within(Math.ulp(mean)));
      for (int j = 0; j < WIDTH; j++) {
        BigDecimal products = BigDecimal.ZERO;
        for (int row = 0; row < n; row++) {
          BigDecimal x = rounded(rows[row * WIDTH + i]);
          products = products.add(x.multiply(rounded(rows[row * WIDTH + j])));
        }
        double covariance =
            products
                .multiply(BigDecimal.valueOf(n))
                .subtract(sums[i].multiply(sums[j]))
                .divide(BigDecimal.valueOf((long) n * (n - 1)), MathContext.DECIMAL128)
                .doubleValue();
        assertThat(actual.covariance()[i * WIDTH + j])
            .isCloseTo(covariance, within(2 * Math.ulp(covariance)));
      }
    }
  }

  private static BigDecimal rounded(float feature) {
    return new BigDecimal(Math.rint(feature * 0x1p24) * 0x1p-24);
  }

  @Test
  void constantFeature_hasNoVariance() {
    Gaussian actual = of(FeatureArrays.drawn(2, 100, WIDTH), WIDTH, 100);
    for (int j = 0; j < WIDTH; j++) {
      assertThat(actual.covariance()[6 * WIDTH + j]).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 1023, 1024, 1025, 2500})
  void batches_changeNoBit(int batch) {
    float[] rows = FeatureArrays.drawn(3, 2500, WIDTH);
    assertSameBits(of(rows, WIDTH, batch), of(rows, WIDTH, 64));
  }

  @Test
  void order_changesNoBit() {
    int n = 1500;
    float[] rows = FeatureArrays.drawn(4, n, WIDTH);
    Gaussian expected = of(rows, WIDTH, 64);
    for (int seed = 0; seed < 5; seed++) {
      int[] order = RandomStream.of(seed, Purpose.DATA_ORDER, 0).permutation(n);
      assertSameBits(of(FeatureArrays.shuffled(rows, n, order), WIDTH, 64), expected);
    }
  }

  @Test
  void parts_mergedInAnyOrder_changeNoBit() {
    float[] rows = FeatureArrays.drawn(5, 1700, WIDTH);
    Gaussian expected = of(rows, WIDTH, 100);
    int[][] orders = {{0, 1, 2}, {2, 0, 1}, {1, 2, 0}, {2, 1, 0}};
    int[] bounds = {0, 11, 1200, 1700};
    for (int[] order : orders) {
      try (Moments whole = new Moments(compute, WIDTH)) {
        for (int part : order) {
          try (Moments some = new Moments(compute, WIDTH)) {
            int from = bounds[part] * WIDTH;
            add(compute, some, Arrays.copyOfRange(rows, from, bounds[part + 1] * WIDTH), 40);
            whole.merge(some);
          }
        }
        assertThat(whole.count()).isEqualTo(1700);
        assertSameBits(whole.gaussian(), expected);
      }
    }
  }

  @Test
  void greatestFeatures_addExactly() {
    // The sums are then as near to 2^53 as 3000 images can bring them.
    float[] rows = new float[3000 * 2];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = i % 2 == 0 ? 256 : -255.99998f;
    }
    Gaussian actual = of(rows, 2, 500);
    assertThat(actual.mean()).containsExactly(256, -255.99998f);
    assertThat(actual.covariance()).containsExactly(0, 0, 0, 0);
  }

  @Test
  void goldenStatistics_equalNumpys() {
    try (Goldens goldens = Goldens.open("eval/fid.safetensors")) {
      Gaussian actual = of(goldens.get("features_a").toFloats(), 64, 400);
      double[] expected = goldens.get("sigma1.full").toDoubles();
      for (int i = 0; i < expected.length; i++) {
        assertThat(actual.covariance()[i]).isCloseTo(expected[i], within(1e-7));
      }
      float[] mean = goldens.get("mu1.full").toFloats();
      for (int i = 0; i < mean.length; i++) {
        assertThat(actual.mean()[i]).isCloseTo(mean[i], within(1e-6));
      }
    }
  }

  @Test
  void brokenFeatures_areRefusedByImage() {
    for (float broken : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      try (Moments moments = new Moments(compute, 3)) {
        float[] rows = {1, 2, 3, 4, 5, 6, 7, broken, 9};
        assertThatThrownBy(() -> add(compute, moments, rows, 2))
            .isInstanceOf(UserException.class)
            .hasMessageContaining("image 2 has features that are no numbers")
            .hasMessageContaining("--precision fp32");
      }
    }
    try (Moments moments = new Moments(compute, 1)) {
      assertThatThrownBy(() -> add(compute, moments, new float[] {0, -257}, 2))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("image 1 has a feature of 257.0")
          .hasMessageContaining("scale");
    }
  }

  @Test
  void fewImages_areRefused() {
    try (Moments moments = new Moments(compute, 3)) {
      assertThatThrownBy(moments::gaussian)
          .isInstanceOf(UserException.class)
          .hasMessageContaining("2 images or more, here are none");
      add(compute, moments, new float[] {1, 2, 3}, 1);
      assertThatThrownBy(moments::gaussian)
          .isInstanceOf(UserException.class)
          .hasMessageContaining("2 images or more, here is one");
    }
  }

  @Test
  void mixedWidths_areRefused() {
    try (Moments three = new Moments(compute, 3);
        Moments four = new Moments(compute, 4);
        NDArray rows = compute.manager().create(new float[8], new Shape(2, 4))) {
      assertThatThrownBy(() -> three.add(rows))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("(2, 4)")
          .hasMessageContaining("3 numbers");
      assertThatThrownBy(() -> three.merge(four))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("of 4 features")
          .hasMessageContaining("of 3");
    }
  }

  @Test
  void sums_ofNegativeNumbersOf128Bits() {
    Int128 sum = new Int128();
    sum.addProduct(-1, 1, 0);
    assertThat(sum.toDouble()).isEqualTo(-1);
    sum.addProduct(3, 1, 0);
    assertThat(sum.toDouble()).isEqualTo(2);
    sum.clear();
    sum.addProduct(-(1L << 53), 1L << 20, 32);
    assertThat(sum.toDouble()).isEqualTo(-0x1p105);
    sum.addProduct(1L << 53, 1L << 20, 32);
    assertThat(sum.toDouble()).isZero();
    sum.addProduct(-(1L << 62), 4, 0);
    assertThat(sum.toDouble()).isEqualTo(-0x1p64);
  }
}
