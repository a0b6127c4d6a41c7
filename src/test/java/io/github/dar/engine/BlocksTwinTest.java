package io.github.dar.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.Precision;
import io.github.dar.testing.Goldens;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shared kernel pieces against twins written from plain loops and NDArray operations. */
class BlocksTwinTest {

  private static Compute compute;
  private static NDManager manager;
  private static Kernel kernel;

  @BeforeAll
  static void open() {
    compute = Compute.open("cpu", Precision.FP32, 1);
    manager = compute.manager();
    kernel = Kernel.load(manager, Map.of(), "linear", "blocks", "blocks_probe");
  }

  @AfterAll
  static void close() {
    compute.close();
  }

  private static NDArray random(int index, double scale, long... shape) {
    float[] values = new float[(int) new Shape(shape).size()];
    RandomStream.of(5, Purpose.NOISE, index).gaussians(values, 0, values.length);
    for (int i = 0; i < values.length; i++) {
      values[i] *= (float) scale;
    }
    return manager.create(values, new Shape(shape));
  }

  private static Map<String, NDArray> attentionWeights(int width) {
    Map<String, NDArray> w = new LinkedHashMap<>();
    int i = 10;
    for (String part : new String[] {"q", "k", "v", "proj"}) {
      w.put("a." + part + ".weight", random(i++, 0.1, width, width));
      w.put("a." + part + ".bias", random(i++, 0.1, width));
    }
    for (String part : new String[] {"q_norm", "k_norm"}) {
      w.put("a." + part + ".weight", random(i++, 1, 64));
      w.put("a." + part + ".bias", random(i++, 0.1, 64));
    }
    return w;
  }

  @ParameterizedTest
  @CsvSource({"1,1,1,64,6", "2,5,3,128,6", "3,7,11,64,6", "2,5,3,128,15", "1,33,17,192,15"})
  void attention_equalsTwin(int batch, int asks, int answers, int width, int dtype) {
    Map<String, NDArray> w = attentionWeights(width);
    NDArray xq = random(1, 1, batch, asks, width);
    NDArray xk = random(2, 1, batch, answers, width);
    float[] angles = new float[asks * 32 * 2];
    for (int i = 0; i < asks * 32; i++) {
      angles[2 * i] = (float) Math.cos(0.1 * i);
      angles[2 * i + 1] = (float) Math.sin(0.1 * i);
    }
    boolean[] mask = new boolean[asks * answers];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = i % answers <= i / answers; // causal, so that no row is empty
    }
    NDArray rope = manager.create(angles, new Shape(asks, 32, 2));
    NDArray actual =
        kernel
            .run(
                manager,
                "attention",
                w,
                xq,
                xk,
                rope,
                manager.create(mask, new Shape(asks, answers)),
                dtype)
            .singletonOrThrow();
    float[] expected = attentionTwin(w, xq, xk, angles, mask);
    assertThat(Goldens.difference(actual.toFloatArray(), expected))
        .isLessThan(dtype == 6 ? 1e-5 : 0.05);
  }

  /** Several images to a piece, the last piece smaller; several pieces to an image. */
  @ParameterizedTest
  @CsvSource({"9, 2, 500, 512", "2, 8, 700, 1024", "3, 1, 7, 5"})
  void attentionInPieces_equalsTheFused(int batch, int heads, int asks, int answers) {
    NDArray q = random(41, 1, batch, heads, asks, 64);
    NDArray k = random(42, 1, batch, heads, answers, 64);
    NDArray v = random(43, 1, batch, heads, answers, 64);
    boolean[] mask = new boolean[asks * answers];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = i % answers <= i / answers;
    }
    NDList both =
        kernel.run(manager, "attended", q, k, v, manager.create(mask, new Shape(asks, answers)));
    assertThat(Goldens.difference(both.get(0).toFloatArray(), both.get(1).toFloatArray()))
        .isLessThan(1e-5);
  }

  private static float[] attentionTwin(
      Map<String, NDArray> w, NDArray xq, NDArray xk, float[] angles, boolean[] mask) {
    int batch = (int) xq.getShape().get(0);
    int asks = (int) xq.getShape().get(1);
    int answers = (int) xk.getShape().get(1);
    int width = (int) xq.getShape().get(2);
    float[] q = headNorm(w, "q", linear(w, "a.q", xq));
    float[] k = headNorm(w, "k", linear(w, "a.k", xk));
    float[] v = linear(w, "a.v", xk).toFloatArray();
    for (int row = 0; row < batch * asks; row++) {
      for (int pair = 0; pair < width / 2; pair++) {
        int at = row * width + 2 * pair;
        int angle = (row % asks * 32 + pair % 32) * 2;
        float a = q[at];
        float b = q[at + 1];
        q[at] = a * angles[angle] - b * angles[angle + 1];
        q[at + 1] = a * angles[angle + 1] + b * angles[angle];
      }
    }
    float[] out = new float[batch * asks * width];
    for (int row = 0; row < batch * asks; row++) {
      for (int head = 0; head < width / 64; head++) {
        double[] p = new double[answers];
        double sum = 0;
        for (int m = 0; m < answers; m++) {
          if (mask[row % asks * answers + m]) {
            double dot = 0;
            for (int e = 0; e < 64; e++) {
              dot +=
                  q[row * width + head * 64 + e]
                      * k[(row / asks * answers + m) * width + head * 64 + e];
            }
            p[m] = Math.exp(dot / 8);
            sum += p[m];
          }
        }
        for (int e = 0; e < 64; e++) {
          double value = 0;
          for (int m = 0; m < answers; m++) {
            value += p[m] / sum * v[(row / asks * answers + m) * width + head * 64 + e];
          }
          out[row * width + head * 64 + e] = (float) value;
        }
      }
    }
    return linear(w, "a.proj", manager.create(out, xq.getShape())).toFloatArray();
  }

  private static NDArray linear(Map<String, NDArray> w, String name, NDArray x) {
    return x.matMul(w.get(name + ".weight").transpose()).add(w.get(name + ".bias"));
  }

  private static float[] headNorm(Map<String, NDArray> w, String name, NDArray x) {
    float[] values = x.toFloatArray();
    float[] scale = w.get("a." + name + "_norm.weight").toFloatArray();
    float[] shift = w.get("a." + name + "_norm.bias").toFloatArray();
    for (int start = 0; start < values.length; start += 64) {
      double mean = 0;
      for (int e = 0; e < 64; e++) {
        mean += values[start + e] / 64;
      }
      double variance = 0;
      for (int e = 0; e < 64; e++) {
        variance += (values[start + e] - mean) * (values[start + e] - mean) / 64;
      }
      for (int e = 0; e < 64; e++) {
        double normed = (values[start + e] - mean) / Math.sqrt(variance + 1e-6);
        values[start + e] = (float) (normed * scale[e] + shift[e]);
      }
    }
    return values;
  }

  @ParameterizedTest
  @CsvSource({"6, 1e-5", "15, 0.05"})
  void mlp_equalsTwin(int dtype, double tolerance) {
    Map<String, NDArray> w = new LinkedHashMap<>();
    w.put("m.fc1.weight", random(31, 0.1, 256, 64));
    w.put("m.fc1.bias", random(32, 0.1, 256));
    w.put("m.fc2.weight", random(33, 0.1, 64, 256));
    w.put("m.fc2.bias", random(34, 0.1, 64));
    NDArray x = random(35, 1, 3, 5, 64);
    NDArray hidden = linear(w, "m.fc1", x);
    NDArray sigmoid = hidden.neg().exp().add(1).pow(-1);
    NDArray expected = linear(w, "m.fc2", hidden.mul(sigmoid));
    NDArray actual = kernel.run(manager, "mlp", w, x, dtype).singletonOrThrow();
    assertThat(Goldens.difference(actual.toFloatArray(), expected.toFloatArray()))
        .isLessThan(tolerance);
  }

  @Test
  void gradients_addUpByName() {
    NDArray x = manager.create(new float[] {1, 2, 3});
    NDArray gradient = manager.zeros(new Shape(3));
    NDArray other = manager.ones(new Shape(2));
    Map<String, NDArray> g = Map.of("x", gradient, "unused", manager.zeros(new Shape(2)));
    for (int i = 0; i < 2; i++) {
      try (NDManager scope = manager.newSubManager()) {
        NDArray loss =
            kernel
                .train(scope, "square_gradient", Map.of("x", x, "unused", other), g)
                .singletonOrThrow();
        assertThat(loss.getFloat()).isEqualTo(14);
      }
    }
    assertThat(gradient.toFloatArray()).containsExactly(4, 8, 12);
    assertThat(g.get("unused").toFloatArray()).containsExactly(0, 0);
  }

  @Test
  void failingKernel_raisesAndTheNextCallWorks() {
    NDArray x = manager.ones(new Shape(2, 3));
    assertThatThrownBy(() -> kernel.run(manager, "fails", x))
        .isInstanceOf(ai.djl.engine.EngineException.class);
    NDArray normed = kernel.run(manager, "norm", x).singletonOrThrow();
    assertThat(normed.toFloatArray()).containsOnly(0f);
  }
}
