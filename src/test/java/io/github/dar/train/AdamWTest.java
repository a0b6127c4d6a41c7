package io.github.dar.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import io.github.dar.config.OptimizerConfig;
import io.github.dar.config.Precision;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import io.github.dar.model.ParameterSpec;
import io.github.dar.model.Weights;
import io.github.dar.testing.Goldens;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The optimizer kernel against a twin in double arithmetic, written out from the formulas. */
class AdamWTest {

  private static final double LR = 0.01;
  private static final List<ParameterSpec> SPECS =
      List.of(
          new ParameterSpec("matrix", ParameterSpec.Init.NORMAL, 1, 5, 7),
          new ParameterSpec("vector", ParameterSpec.Init.NORMAL, 1, 3));

  /** One tensor's state in double arithmetic. */
  private static final class Twin {
    final double[] w;
    final double[] m;
    final double[] v;
    final double[] average;

    Twin(float[] start) {
      w = new double[start.length];
      for (int i = 0; i < w.length; i++) {
        w[i] = start[i];
      }
      m = new double[w.length];
      v = new double[w.length];
      average = w.clone();
    }

    void step(double[] g, int step, double decay, double ema) {
      for (int i = 0; i < w.length; i++) {
        w[i] *= 1 - LR * decay;
        m[i] = 0.9 * m[i] + 0.1 * g[i];
        v[i] = 0.95 * v[i] + 0.05 * g[i] * g[i];
        double mean = m[i] / (1 - Math.pow(0.9, step));
        double square = v[i] / (1 - Math.pow(0.95, step));
        w[i] -= LR * mean / (Math.sqrt(square) + 1e-8);
        average[i] = average[i] * ema + w[i] * (1 - ema);
      }
    }

    static float[] floats(double[] values) {
      float[] out = new float[values.length];
      for (int i = 0; i < out.length; i++) {
        out[i] = (float) values[i];
      }
      return out;
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 0, 0", "0.05, 0, 0", "0, 1, 0", "0.05, 1, 0.9", "0.1, 1000, 0.5"})
  void steps_equalTwin(double decay, double clip, double ema) {
    OptimizerConfig config = new OptimizerConfig(List.of(0.9, 0.95), 1e-8, decay, clip, ema, 0);
    try (Compute compute = Compute.open("cpu", Precision.FP32, 1);
        Weights weights = Weights.initial(compute, SPECS, 1);
        AdamW optimizer = new AdamW(compute, config, weights, "matrix"::equals)) {
      Twin matrix = new Twin(weights.arrays().get("matrix").toFloatArray());
      Twin vector = new Twin(weights.arrays().get("vector").toFloatArray());
      for (int step = 1; step <= 5; step++) {
        double[] a = gradient(optimizer, "matrix", step);
        double[] b = gradient(optimizer, "vector", 100 + step);
        double norm = Math.sqrt(squares(a) + squares(b));
        assertThat(optimizer.gradientNorm() / norm).isBetween(1 - 1e-6, 1 + 1e-6);
        double factor = clip > 0 ? Math.min(1, clip / (norm + 1e-6)) : 1;
        optimizer.step(step, LR, optimizer.gradientNorm());
        matrix.step(scaled(a, factor), step, decay, ema);
        vector.step(scaled(b, factor), step, 0, ema);
        assertThat(optimizer.gradients().arrays().get("matrix").abs().sum().getFloat()).isZero();
      }
      assertSame(weights, "matrix", matrix.w);
      assertSame(weights, "vector", vector.w);
      if (ema > 0) {
        assertSame(optimizer.average(), "matrix", matrix.average);
        assertSame(optimizer.average(), "vector", vector.average);
      } else {
        assertThat(optimizer.average()).isSameAs(weights);
      }
    }
  }

  private static double[] gradient(AdamW optimizer, String name, int index) {
    NDArray array = optimizer.gradients().arrays().get(name);
    float[] drawn = new float[(int) array.size()];
    RandomStream.of(2, Purpose.NOISE, index).gaussians(drawn, 0, drawn.length);
    array.set(drawn);
    double[] out = new double[drawn.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = drawn[i];
    }
    return out;
  }

  private static double squares(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value * value;
    }
    return sum;
  }

  private static double[] scaled(double[] values, double factor) {
    double[] out = values.clone();
    for (int i = 0; i < out.length; i++) {
      out[i] *= factor;
    }
    return out;
  }

  private static void assertSame(Weights actual, String name, double[] expected) {
    float[] values = actual.arrays().get(name).toFloatArray();
    assertThat(Goldens.difference(values, Twin.floats(expected))).as(name).isLessThan(1e-6);
  }

  @Test
  void notFinite_namesTheTensor() {
    OptimizerConfig config = new OptimizerConfig(List.of(0.9, 0.95), 1e-8, 0, 1, 0, 0);
    try (Compute compute = Compute.open("cpu", Precision.FP32, 1);
        Weights weights = Weights.initial(compute, SPECS, 1);
        AdamW optimizer = new AdamW(compute, config, weights, name -> true)) {
      optimizer.gradients().arrays().get("vector").set(new float[] {1, Float.NaN, 2});
      assertThat(optimizer.gradientNorm()).isNaN();
      assertThat(optimizer.notFinite(optimizer.gradients())).containsExactly("vector");
    }
  }
}
