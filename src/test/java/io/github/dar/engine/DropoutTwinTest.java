package io.github.dar.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.Precision;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Dropout's draws against SplitMix64 in plain Java. */
class DropoutTwinTest {

  private static Compute compute;
  private static NDManager manager;
  private static Kernel kernel;

  @BeforeAll
  static void open() {
    compute = Compute.open("cpu", Precision.FP32, 1);
    manager = compute.manager();
    kernel = Kernel.load(manager, Map.of(), "dropout", "dropout_probe");
  }

  @AfterAll
  static void close() {
    compute.close();
  }

  private static long mixed(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  private static long[] twin(long[] seeds, int site, int count, double p) {
    long[] out = new long[seeds.length * count];
    for (int row = 0; row < seeds.length; row++) {
      for (int i = 0; i < count; i++) {
        long index = ((long) site << 32) + i / 4;
        long word = mixed(seeds[row] + index * 0x9E3779B97F4A7C15L);
        short lane = (short) (word >>> (16 * (i % 4)));
        out[row * count + i] = lane < Math.round(p * 65536) - 32768 ? 1 : 0;
      }
    }
    return out;
  }

  private static long[] dropped(long[] seeds, int site, int count, double p) {
    return kernel
        .run(manager, "dropped", manager.create(seeds), site, count, p)
        .singletonOrThrow()
        .toLongArray();
  }

  private static long[] seeds(int count) {
    return new SplittableRandom(3).longs(count).toArray();
  }

  @ParameterizedTest
  @CsvSource({"0, 1, 0.5", "1, 7, 0.1", "121, 64, 0.9", "3, 1001, 0.25"})
  void draws_equalTwin(int site, int count, double p) {
    long[] seeds = seeds(5);
    assertThat(dropped(seeds, site, count, p)).isEqualTo(twin(seeds, site, count, p));
  }

  @Test
  void draws_areTheImages_inAnyBatch() {
    long[] seeds = seeds(4);
    long[] all = dropped(seeds, 2, 50, 0.3);
    for (int i = 0; i < 4; i++) {
      assertThat(dropped(new long[] {seeds[i]}, 2, 50, 0.3))
          .isEqualTo(Arrays.copyOfRange(all, 50 * i, 50 * i + 50));
    }
  }

  @ParameterizedTest
  @CsvSource({"0.1", "0.5", "0.9"})
  void share_isTheRate_andPlacesAreIndependent(double p) {
    int count = 100_000;
    long[] a = dropped(seeds(2), 1, count, p);
    long[] b = dropped(seeds(2), 2, count, p);
    double share = Arrays.stream(a).sum() / (2.0 * count);
    double both = 0;
    double neighbours = 0;
    for (int i = 0; i < a.length; i++) {
      both += (double) a[i] * b[i] / a.length;
      neighbours += i > 0 ? (double) a[i] * a[i - 1] / a.length : 0;
    }
    // Five standard deviations.
    assertThat(share).isCloseTo(p, within(5 * Math.sqrt(p * (1 - p) / a.length)));
    double spread = 5 * Math.sqrt(p * p * (1 - p * p) / a.length);
    assertThat(both).isCloseTo(p * p, within(spread));
    assertThat(neighbours).isCloseTo(p * p, within(spread));
  }

  @Test
  void drop_scalesWhatStays_andWithoutSeedsNothingFalls() {
    var x = manager.ones(new Shape(2, 6, 8));
    float[] values =
        kernel
            .run(manager, "drop", x, 0.25, manager.create(seeds(2)), 4)
            .singletonOrThrow()
            .toFloatArray();
    long[] fallen = twin(seeds(2), 4, 48, 0.25);
    for (int i = 0; i < values.length; i++) {
      assertThat(values[i]).isEqualTo(fallen[i] == 1 ? 0 : (float) (1 / 0.75));
    }
    var none = manager.zeros(new Shape(0), DataType.INT64);
    assertThat(kernel.run(manager, "drop", x, 0.25, none, 4).singletonOrThrow().toFloatArray())
        .containsOnly(1);
  }
}
