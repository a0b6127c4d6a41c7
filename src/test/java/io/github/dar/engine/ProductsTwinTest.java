package io.github.dar.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.Precision;
import io.github.dar.testing.EightBits;
import io.github.dar.testing.Goldens;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each way to multiply by a matrix against plain loops in double arithmetic. */
class ProductsTwinTest {

  private static final int OUT = 40;

  private static Compute compute;
  private static NDManager manager;

  @BeforeAll
  static void open() {
    compute = Compute.open("cpu", Precision.FP32, 1);
    manager = compute.manager();
  }

  @AfterAll
  static void close() {
    compute.close();
  }

  @ParameterizedTest
  @CsvSource({
    "linear products, 72, 1e-6",
    "linear_packed products, 72, 1e-6",
    // Matrices of 16-bit floats, whose step is 2^-10 of their value at most.
    "products_fp16, 72, 5e-4",
    "products_fp16, 600, 5e-4",
    // Rows in bfloat16.
    "int8 products_int8, 72, 0.01",
    "int8 products_int8, 64, 0.01",
    // Rows in 16 bits.
    "int8 products_int8_exact, 72, 5e-5"
  })
  void anyNumberOfRows_equalsTwin(String texts, int in, double tolerance) {
    Kernel kernel = load(texts);
    float[] matrix = random(1, OUT * in);
    float[] seen = texts.startsWith("int8") ? EightBits.rounded(matrix, in) : matrix;
    for (int rows : new int[] {1, 2, 8, 9, 40}) {
      float[] x = random(rows, rows * in);
      NDArray y = product(kernel, x, new Shape(rows, 1, in), matrix);
      assertThat(y.getShape()).isEqualTo(new Shape(rows, 1, OUT));
      assertThat(Goldens.difference(y.toFloatArray(), twin(x, seen, in)))
          .as("%d rows", rows)
          .isLessThan(tolerance);
    }
  }

  /** How oneDNN packs depends on both; on some machines it packs some wrong (linear_packed.py). */
  @ParameterizedTest
  @CsvSource({"1, 40", "1, 64", "2, 64", "2, 256", "2, 1024"})
  void packedMatrix_isRight(int threads, int outputs) {
    Kernel kernel = load("linear_packed products");
    int in = 64;
    float[] matrix = random(1, outputs * in);
    float[] x = random(2, 3 * in);
    compute.useThreads(threads);
    try {
      float[] y = product(kernel, x, new Shape(3, in), matrix).toFloatArray();
      assertThat(Goldens.difference(y, twin(x, matrix, in))).isLessThan(1e-6);
    } finally {
      compute.useThreads(1);
    }
  }

  @Test
  void halfFloats_areExactWhereTheyHoldTheMatrix() {
    Kernel kernel = load("products_fp16");
    int in = 600;
    float[] matrix = random(1, OUT * in);
    for (int i = 0; i < matrix.length; i++) {
      matrix[i] = Math.round(matrix[i] * 1024) / 1024f;
    }
    float[] x = random(2, 3 * in);
    float[] y = product(kernel, x, new Shape(3, in), matrix).toFloatArray();
    assertThat(Goldens.difference(y, twin(x, matrix, in))).isLessThan(1e-6);
  }

  @ParameterizedTest
  @ValueSource(strings = {"products_fp16", "int8 products_int8_exact"})
  void row_isTheSameInAnyCompany(String texts) {
    Kernel kernel = load(texts);
    int in = 72;
    float[] matrix = random(1, OUT * in);
    float[] x = random(2, 20 * in);
    // Next to a row that is a thousand times as large, and one of zeros.
    for (int i = 0; i < in; i++) {
      x[i] *= 1000;
      x[in + i] = 0;
    }
    float[] all = product(kernel, x, new Shape(20, in), matrix).toFloatArray();
    for (int row = 0; row < 20; row++) {
      float[] one = Arrays.copyOfRange(x, row * in, row * in + in);
      assertThat(product(kernel, one, new Shape(1, in), matrix).toFloatArray())
          .as("row %d", row)
          .isEqualTo(Arrays.copyOfRange(all, row * OUT, row * OUT + OUT));
    }
  }

  private static Kernel load(String texts) {
    assumeTrue(compute.hasOneDnn() || !texts.contains("packed"), "needs oneDNN");
    assumeTrue(compute.multipliesBytes() || !texts.endsWith("exact"), "needs VNNI");
    assumeTrue(
        compute.hasOneDnn() || !texts.endsWith("fp16"),
        "needs FBGEMM, which is for the same processors");
    return Kernel.load(
        manager,
        Map.of(),
        Stream.of(texts.split(" "), new String[] {"products_probe"})
            .flatMap(Arrays::stream)
            .toArray(String[]::new));
  }

  private static NDArray product(Kernel kernel, float[] x, Shape shape, float[] matrix) {
    long in = shape.get(shape.dimension() - 1);
    return kernel
        .run(
            manager,
            "product",
            manager.create(x, shape),
            manager.create(matrix, new Shape(matrix.length / in, in)))
        .singletonOrThrow();
  }

  private static float[] twin(float[] x, float[] matrix, int in) {
    int outputs = matrix.length / in;
    float[] out = new float[x.length / in * outputs];
    for (int i = 0; i < out.length; i++) {
      double sum = 0;
      for (int k = 0; k < in; k++) {
        sum += (double) x[i / outputs * in + k] * matrix[i % outputs * in + k];
      }
      out[i] = (float) sum;
    }
    return out;
  }

  private static float[] random(long seed, int size) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] out = new float[size];
    for (int i = 0; i < size; i++) {
      out[i] = (float) random.nextDouble(-1, 1);
    }
    return out;
  }
}
