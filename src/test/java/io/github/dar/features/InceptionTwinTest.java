package io.github.dar.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.Precision;
import io.github.dar.config.UserException;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Kernel;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import java.nio.ByteBuffer;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pieces of Inception and the resizes, beside twins in plain loops. */
class InceptionTwinTest {

  private static Compute compute;
  private static NDManager manager;
  private static Kernel probe;

  private RandomStream random;

  @BeforeAll
  static void open() {
    compute = Compute.open("cpu", Precision.FP32, 0);
    manager = compute.manager();
    probe = Kernel.load(manager, Map.of(), "protocols", "inception", "inception_probe");
  }

  @AfterAll
  static void close() {
    compute.close();
  }

  @BeforeEach
  void seed() {
    random = RandomStream.of(3, Purpose.NOISE, 0);
  }

  private float[] uniforms(int count, float low, float high) {
    float[] out = new float[count];
    random.uniforms(out, 0, count);
    for (int i = 0; i < count; i++) {
      out[i] = low + (high - low) * out[i];
    }
    return out;
  }

  /** stride, kernel rows and columns, padding of both. */
  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, 0, 0",
    "2, 3, 3, 0, 0",
    "1, 3, 3, 1, 1",
    "1, 1, 7, 0, 3",
    "1, 7, 1, 3, 0",
    "1, 5, 5, 2, 2"
  })
  void unit_isConvolutionNormAndRelu(int stride, int kh, int kw, int padY, int padX) {
    int in = 3;
    int out = 4;
    int h = 8;
    int w = 9;
    float[] x = uniforms(in * h * w, -1, 1);
    float[] weight = uniforms(out * in * kh * kw, -1, 1);
    float[] scale = uniforms(out, 0.5f, 1.5f);
    float[] shift = uniforms(out, -0.5f, 0.5f);
    float[] mean = uniforms(out, -0.5f, 0.5f);
    float[] variance = uniforms(out, 0, 0.01f); // small: eps counts
    NDList folded =
        probe.run(
            manager,
            "fold",
            manager.create(weight, new Shape(out, in, kh, kw)),
            manager.create(scale),
            manager.create(shift),
            manager.create(mean),
            manager.create(variance));
    Map<String, NDArray> f = Map.of("unit.weight", folded.get(0), "unit.bias", folded.get(1));
    NDArray image = manager.create(x, new Shape(1, in, h, w));
    NDArray actual = probe.run(manager, "unit", f, image, stride, padY, padX).singletonOrThrow();

    int oh = (h + 2 * padY - kh) / stride + 1;
    int ow = (w + 2 * padX - kw) / stride + 1;
    assertThat(actual.getShape()).isEqualTo(new Shape(1, out, oh, ow));
    float[] expected = new float[out * oh * ow];
    int at = 0;
    for (int o = 0; o < out; o++) {
      for (int y = 0; y < oh; y++) {
        for (int z = 0; z < ow; z++) {
          double sum = 0;
          for (int c = 0; c < in; c++) {
            for (int i = 0; i < kh; i++) {
              for (int j = 0; j < kw; j++) {
                int row = y * stride + i - padY;
                int column = z * stride + j - padX;
                if (row >= 0 && row < h && column >= 0 && column < w) {
                  sum +=
                      (double) x[(c * h + row) * w + column]
                          * weight[((o * in + c) * kh + i) * kw + j];
                }
              }
            }
          }
          double normed = (sum - mean[o]) / Math.sqrt(variance[o] + 1e-3) * scale[o] + shift[o];
          expected[at++] = (float) Math.max(normed, 0);
        }
      }
    }
    assertThat(FeatureTests.relativeNorm(actual.toFloatArray(), expected)).isLessThan(1e-6);
  }

  /** stride, padding, whether the mean. */
  @ParameterizedTest
  @CsvSource({"1, 1, true", "1, 1, false", "2, 0, false"})
  void pools_countNoPadding(int stride, int pad, boolean mean) {
    int h = 5;
    int w = 7;
    float[] x = uniforms(2 * h * w, -1, -0.5f); // below 0: padding with it would win
    NDArray maps = manager.create(x, new Shape(1, 2, h, w));
    NDArray actual =
        (mean
                ? probe.run(manager, "mean", maps)
                : probe.run(manager, "greatest", maps, stride, pad))
            .singletonOrThrow();
    int oh = (h + 2 * pad - 3) / stride + 1;
    int ow = (w + 2 * pad - 3) / stride + 1;
    float[] expected = new float[2 * oh * ow];
    int at = 0;
    for (int c = 0; c < 2; c++) {
      for (int y = 0; y < oh; y++) {
        for (int z = 0; z < ow; z++) {
          double sum = 0;
          double greatest = Double.NEGATIVE_INFINITY;
          int cells = 0;
          for (int i = 0; i < 9; i++) {
            int row = y * stride + i / 3 - pad;
            int column = z * stride + i % 3 - pad;
            if (row >= 0 && row < h && column >= 0 && column < w) {
              double value = x[(c * h + row) * w + column];
              sum += value;
              greatest = Math.max(greatest, value);
              cells++;
            }
          }
          expected[at++] = (float) (mean ? sum / cells : greatest);
        }
      }
    }
    assertThat(FeatureTests.gap(actual.toFloatArray(), expected)).isLessThan(1e-6);
  }

  /** height, width, size: smaller, larger, equal, a single pixel. */
  @ParameterizedTest
  @CsvSource({"5, 7, 11", "13, 9, 4", "6, 6, 6", "1, 1, 3", "37, 2, 5"})
  void tf1Resize_isItsFormulaToTheBit(int h, int w, int size) {
    float[] x = uniforms(h * w * 2, 0, 255);
    NDArray image = manager.create(x, new Shape(1, h, w, 2));
    float[] actual = probe.run(manager, "tf1", image, size).singletonOrThrow().toFloatArray();
    float stepY = (float) ((double) h / size);
    float stepX = (float) ((double) w / size);
    int at = 0;
    for (int i = 0; i < size; i++) {
      float y = i * stepY;
      int top = (int) y;
      int bottom = Math.min(top + 1, h - 1);
      for (int j = 0; j < size; j++) {
        float z = j * stepX;
        int left = (int) z;
        int right = Math.min(left + 1, w - 1);
        for (int c = 0; c < 2; c++) {
          float tl = x[(top * w + left) * 2 + c];
          float bl = x[(bottom * w + left) * 2 + c];
          float upper = tl + (x[(top * w + right) * 2 + c] - tl) * (z - left);
          float lower = bl + (x[(bottom * w + right) * 2 + c] - bl) * (z - left);
          assertThat(actual[at++]).isEqualTo(upper + (lower - upper) * (y - top));
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"5, 7, 11", "13, 9, 4", "6, 6, 6", "1, 1, 3", "40, 3, 5"})
  void bicubic_isPillows(int h, int w, int size) {
    float[] x = uniforms(2 * h * w, 0, 255);
    NDArray image = manager.create(x, new Shape(1, 2, h, w));
    float[] actual = probe.run(manager, "bicubic", image, size).singletonOrThrow().toFloatArray();
    double[][] columns = pillowWeights(w, size);
    double[][] rows = pillowWeights(h, size);
    int at = 0;
    for (int c = 0; c < 2; c++) {
      float[][] wide = new float[h][size];
      for (int y = 0; y < h; y++) {
        for (int j = 0; j < size; j++) {
          double sum = 0;
          for (int z = 0; z < w; z++) {
            sum += columns[j][z] * x[(c * h + y) * w + z];
          }
          wide[y][j] = (float) sum;
        }
      }
      for (int i = 0; i < size; i++) {
        for (int j = 0; j < size; j++) {
          double sum = 0;
          for (int y = 0; y < h; y++) {
            sum += rows[i][y] * wide[y][j];
          }
          assertThat((double) actual[at++])
              .isCloseTo(sum, org.assertj.core.data.Offset.offset(3e-5));
        }
      }
    }
  }

  /** How much of each of {@code in} pixels each of {@code out} takes. */
  private static double[][] pillowWeights(int in, int out) {
    double step = (double) in / out;
    double stretch = Math.max(step, 1);
    double[][] weights = new double[out][in];
    for (int i = 0; i < out; i++) {
      double center = (i + 0.5) * step;
      int first = Math.max((int) (center - 2 * stretch + 0.5), 0);
      int last = Math.min((int) (center + 2 * stretch + 0.5), in);
      double sum = 0;
      for (int j = first; j < last; j++) {
        double d = Math.abs((j - center + 0.5) / stretch);
        double cubic = d < 2 ? -0.5 * (d * d * d - 5 * d * d + 8 * d - 4) : 0;
        weights[i][j] = d <= 1 ? 1.5 * d * d * d - 2.5 * d * d + 1 : cubic;
        sum += weights[i][j];
      }
      for (int j = first; j < last; j++) {
        weights[i][j] /= sum;
      }
    }
    return weights;
  }

  @Test
  void cleanFid_clipsWhatOvershoots() {
    byte[] edge = new byte[4 * 4 * 3];
    for (int i = 0; i < edge.length; i++) {
      edge[i] = (byte) (i / 3 % 4 < 2 ? 0 : 255);
    }
    NDArray image = manager.create(ByteBuffer.wrap(edge), new Shape(1, 4, 4, 3), DataType.UINT8);
    NDArray x = probe.run(manager, "input", image, Protocol.CLEAN_FID.number()).singletonOrThrow();
    assertThat(x.min().getFloat()).isEqualTo(-1);
    assertThat(x.max().getFloat()).isEqualTo(127 / 128f);
  }

  @Test
  void protocols_areReadByName() {
    for (Protocol protocol : Protocol.values()) {
      assertThat(Protocol.parse(protocol.text())).isEqualTo(protocol);
    }
    assertThatThrownBy(() -> Protocol.parse("ADM"))
        .isInstanceOf(UserException.class)
        .hasMessage("--protocol ADM: unknown; use adm, pytorch-fid or clean-fid");
  }
}
