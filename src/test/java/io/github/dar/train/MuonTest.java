package io.github.dar.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.types.Shape;
import io.github.dar.config.OptimizerConfig;
import io.github.dar.config.Precision;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import io.github.dar.model.ParameterSpec;
import io.github.dar.model.Weights;
import io.github.dar.testing.Goldens;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Muon's steps against a twin in double arithmetic, written out from the formulas. */
class MuonTest {

  private static final double LR = 0.01;

  private static ParameterSpec spec(String name, long... sides) {
    return new ParameterSpec(name, ParameterSpec.Init.NORMAL, 1, sides);
  }

  /** A matrix and its momentum in double arithmetic. */
  private static final class Twin {
    final double[][] w;
    final double[][] m;

    Twin(float[] start, int rows, int columns) {
      w = new double[rows][columns];
      m = new double[rows][columns];
      for (int i = 0; i < start.length; i++) {
        w[i / columns][i % columns] = start[i];
      }
    }

    void step(float[] gradient, double factor, double rate, double decay) {
      double[][] u = new double[w.length][w[0].length];
      for (int i = 0; i < w.length; i++) {
        for (int j = 0; j < w[0].length; j++) {
          double g = gradient[i * w[0].length + j] * factor;
          m[i][j] = 0.95 * m[i][j] + 0.05 * g;
          u[i][j] = 0.05 * g + 0.95 * m[i][j];
        }
      }
      scale(u, 1 / (Math.sqrt(squares(u)) + 1e-7));
      for (int k = 0; k < 5; k++) {
        double[][] a = product(u, transposed(u));
        double[][] au = product(a, u);
        double[][] aau = product(a, au);
        for (int i = 0; i < u.length; i++) {
          for (int j = 0; j < u[0].length; j++) {
            u[i][j] = 3.4445 * u[i][j] - 4.775 * au[i][j] + 2.0315 * aau[i][j];
          }
        }
      }
      scale(u, 0.2 / (Math.sqrt(squares(u) / (u.length * u[0].length)) + 1e-7));
      for (int i = 0; i < w.length; i++) {
        for (int j = 0; j < w[0].length; j++) {
          w[i][j] = w[i][j] * (1 - rate * decay) - rate * u[i][j];
        }
      }
    }

    float[] floats() {
      float[] out = new float[w.length * w[0].length];
      for (int i = 0; i < out.length; i++) {
        out[i] = (float) w[i / w[0].length][i % w[0].length];
      }
      return out;
    }
  }

  private static double squares(double[][] a) {
    double sum = 0;
    for (double[] row : a) {
      for (double value : row) {
        sum += value * value;
      }
    }
    return sum;
  }

  private static void scale(double[][] a, double factor) {
    for (double[] row : a) {
      for (int j = 0; j < row.length; j++) {
        row[j] *= factor;
      }
    }
  }

  private static double[][] transposed(double[][] a) {
    double[][] out = new double[a[0].length][a.length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < a[0].length; j++) {
        out[j][i] = a[i][j];
      }
    }
    return out;
  }

  private static double[][] product(double[][] a, double[][] b) {
    double[][] out = new double[a.length][b[0].length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < b[0].length; j++) {
        for (int k = 0; k < b.length; k++) {
          out[i][j] += a[i][k] * b[k][j];
        }
      }
    }
    return out;
  }

  @ParameterizedTest
  @CsvSource({
    "wide, 17, 40, 0, 0",
    "high, 40, 17, 0, 0",
    "wide, 20, 24, 0.05, 1",
    "high, 24, 20, 0.1, 1000"
  })
  void steps_equalTwin(String name, int rows, int columns, double decay, double clip) {
    OptimizerConfig config = new OptimizerConfig(List.of(0.9, 0.95), 1e-8, decay, clip, 0, 2);
    try (Compute compute = Compute.open("cpu", Precision.FP32, 1);
        Weights weights = Weights.initial(compute, List.of(spec(name, rows, columns)), 1);
        AdamW optimizer = new AdamW(compute, config, weights, any -> true)) {
      Twin twin = new Twin(weights.arrays().get(name).toFloatArray(), rows, columns);
      for (int step = 1; step <= 4; step++) {
        float[] gradient = new float[rows * columns];
        RandomStream.of(2, Purpose.NOISE, step).gaussians(gradient, 0, gradient.length);
        optimizer.gradients().arrays().get(name).set(gradient);
        double norm = optimizer.gradientNorm();
        optimizer.step(step, LR, norm);
        twin.step(gradient, clip > 0 ? Math.min(1, clip / (norm + 1e-6)) : 1, 2 * LR, decay);
      }
      float[] actual = weights.arrays().get(name).toFloatArray();
      assertThat(Goldens.difference(actual, twin.floats())).isLessThan(1e-5);
      assertThat(optimizer.second().arrays().get(name).abs().sum().getFloat()).isZero();
    }
  }

  /** The iterations forgive rounding, and they are most of a small network's step. */
  @Test
  void bf16_stepsAlmostAsFloat32() {
    assumeTrue(hasBf16());
    float[] exact = stepped(Precision.FP32, 1);
    double distance = 0;
    double length = 0;
    float[] rounded = stepped(Precision.BF16, 1);
    for (int i = 0; i < exact.length; i++) {
      distance += (rounded[i] - exact[i]) * (rounded[i] - exact[i]);
      length += exact[i] * exact[i];
    }
    assertThat(Math.sqrt(distance / length)).isBetween(1e-4, 0.05);
  }

  @Test
  void moreThreads_sameBits() {
    assertThat(stepped(Precision.FP32, 3)).containsExactly(stepped(Precision.FP32, 1));
  }

  private static boolean hasBf16() {
    try (Compute compute = Compute.open("cpu", Precision.FP32, 1)) {
      return compute.hasBf16();
    }
  }

  /** What one step at the rate 1 makes of matrices of zeros. */
  private static float[] stepped(Precision precision, int threads) {
    List<ParameterSpec> specs =
        Stream.of("first", "second", "third", "fourth")
            .map(name -> new ParameterSpec(name, ParameterSpec.Init.ZEROS, 0, new long[] {60, 40}))
            .toList();
    OptimizerConfig config = new OptimizerConfig(List.of(0.9, 0.95), 1e-8, 0, 0, 0, 1);
    try (Compute compute = Compute.open("cpu", precision, threads);
        Weights weights = Weights.initial(compute, specs, 1);
        AdamW optimizer = new AdamW(compute, config, weights, any -> true)) {
      for (int i = 0; i < specs.size(); i++) {
        float[] gradient = new float[60 * 40];
        RandomStream.of(3, Purpose.NOISE, i).gaussians(gradient, 0, gradient.length);
        optimizer.gradients().list().get(i).set(gradient);
      }
      optimizer.step(1, 1, optimizer.gradientNorm());
      return values(weights);
    } finally {
      // The number is the process's: back to what most tests open.
      Compute.open("cpu", Precision.FP32, 1).close();
    }
  }

  /** A layer that a loss doesn't reach yet has no gradient, and must keep its weights. */
  @Test
  void withoutGradient_nothingMoves() {
    OptimizerConfig config = new OptimizerConfig(List.of(0.9, 0.95), 1e-8, 0, 1, 0, 2);
    try (Compute compute = Compute.open("cpu", Precision.FP32, 1);
        Weights weights = Weights.initial(compute, List.of(spec("layer", 20, 20)), 1);
        AdamW optimizer = new AdamW(compute, config, weights, any -> false)) {
      float[] before = weights.arrays().get("layer").toFloatArray();
      optimizer.step(1, LR, 0);
      assertThat(weights.arrays().get("layer").toFloatArray()).containsExactly(before);
    }
  }

  @Test
  void othersThanMatricesInside_stepAsWithAdamW() {
    List<ParameterSpec> specs =
        List.of(
            spec("bias", 20),
            spec("thin.weight", 16, 40),
            spec("convolution.weight", 20, 20, 3, 3),
            spec("tok_embeddings.weight", 20, 40),
            spec("output.weight", 20, 40));
    float[] adam = concatenated(specs, 0);
    float[] muon = concatenated(specs, 2);
    assertThat(muon).containsExactly(adam);
    assertThat(Muon.takes("layers.0.attention.wo.weight", new Shape(17, 17))).isTrue();
  }

  private static float[] concatenated(List<ParameterSpec> specs, double muon) {
    OptimizerConfig config = new OptimizerConfig(List.of(0.9, 0.95), 1e-8, 0.1, 1, 0, muon);
    try (Compute compute = Compute.open("cpu", Precision.FP32, 1);
        Weights weights = Weights.initial(compute, specs, 1);
        AdamW optimizer = new AdamW(compute, config, weights, any -> true)) {
      optimizer.gradients().list().forEach(gradient -> gradient.addi(0.5));
      optimizer.step(1, LR, optimizer.gradientNorm());
      return values(weights);
    }
  }

  private static float[] values(Weights weights) {
    return weights.list().stream()
        .map(array -> array.toFloatArray())
        .reduce(new float[0], MuonTest::join);
  }

  private static float[] join(float[] a, float[] b) {
    float[] out = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, out, a.length, b.length);
    return out;
  }
}
