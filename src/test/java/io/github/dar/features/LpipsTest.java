package io.github.dar.features;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.Precision;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Kernel;
import io.github.dar.testing.Goldens;
import io.github.dar.testing.Machines;
import io.github.dar.weights.HostTensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** VGG16 and LPIPS give the reference's numbers. */
class LpipsTest {

  private static Compute compute;
  private static NDManager manager;
  private static Kernel probe;
  private static Lpips lpips;

  @BeforeAll
  static void open() {
    compute = Compute.open("cpu", Precision.FP32, 0);
    manager = compute.manager();
    probe = FeatureTests.probe(compute);
    lpips = new Lpips(compute, FeatureTests.lpips(compute));
  }

  @AfterAll
  static void close() {
    compute.close();
  }

  @Test
  void hashedWeights_areThoseOfTheReference() {
    try (Goldens golden = Goldens.open("features/hash_check.safetensors")) {
      double sum = 0;
      double squares = 0;
      for (String name : PublishedNetwork.VGG16.shapes().keySet()) {
        float[] values = lpips.weights().get(name).toFloatArray();
        double own = 0;
        for (float value : values) {
          own += value;
          squares += (double) value * value;
        }
        sum += own;
        String key = "vgg16:" + name;
        if (golden.all().containsKey(key + ".sum")) {
          assertThat(Arrays.copyOf(values, 8)).isEqualTo(golden.get(key + ".first8").toFloats());
          assertThat(FeatureTests.last(values, 8)).isEqualTo(golden.get(key + ".last8").toFloats());
          assertThat(Math.abs(own - golden.get(key + ".sum").toDoubles()[0])).isLessThan(1e-9);
        }
      }
      double[] all = golden.get("vgg16.all_sum_sumsq").toDoubles();
      assertThat(Math.abs(sum - all[0])).isLessThan(1e-7);
      assertThat(Math.abs(squares - all[1])).isLessThan(1e-7);
    }
  }

  @Test
  void vggFeatures_matchReference() {
    try (Goldens golden = Goldens.open("features/lpips.safetensors")) {
      NDArray x = FeatureTests.pair(manager, golden)[0];
      float[] corner =
          probe.run(manager, "scaled", x).singletonOrThrow().get(":, :, :2, :4").toFloatArray();
      assertThat(FeatureTests.gap(corner, golden.get("scaled0_corner").toFloats()))
          .isLessThan(1e-6);
      NDList features = probe.run(manager, "vgg", lpips.weights(), x);
      for (int level = 0; level < 5; level++) {
        float[] raw = golden.get("relu" + (level + 1) + ".out0.raw").toFloats();
        int side = 64 >> level;
        int[] rows = {0, side / 2, side - 1};
        int[] columns = {0, side / 4, side - 1};
        int at = 0;
        NDArray map = features.get(level);
        assertThat(map.getShape()).isEqualTo(new Shape(2, Math.min(512, 64L << level), side, side));
        float[] values = map.get(":, :16").toFloatArray();
        for (int plane = 0; plane < 2 * 16; plane++) {
          for (int row : rows) {
            for (int column : columns) {
              float value = values[(plane * side + row) * side + column];
              assertThat((double) Math.abs(value - raw[at++])).isLessThan(1e-4);
            }
          }
        }
      }
    }
  }

  @Test
  void distanceAndGradient_matchReference() {
    try (Goldens golden = Goldens.open("features/lpips.safetensors")) {
      NDArray[] pair = FeatureTests.pair(manager, golden);
      float[] expected = golden.get("lpips").toFloats();
      float[] levels =
          probe
              .run(manager, "levels", lpips.weights(), pair[0], pair[1])
              .singletonOrThrow()
              .toFloatArray();
      assertThat(FeatureTests.gap(levels, golden.get("level_values").toFloats())).isLessThan(1e-6);
      float[] distance = lpips.distance(manager, pair[0], pair[1]).toFloatArray();
      assertThat(FeatureTests.gap(distance, expected)).isLessThan(1e-6);
      assertThat(lpips.distance(manager, pair[0], pair[0]).toFloatArray()).containsOnly(0);

      NDList out = probe.train(manager, "distance_gradient", lpips.weights(), pair[0], pair[1]);
      assertThat(FeatureTests.gap(out.get(0).toFloatArray(), expected)).isLessThan(1e-6);
      float[] gradient = golden.get("grad_input1_of_mean").toFloats();
      assertThat(FeatureTests.relativeNorm(out.get(1).toFloatArray(), gradient)).isLessThan(1e-3);
    }
  }

  @Test
  void normalisation_matchesReference() {
    try (Goldens golden = Goldens.open("features/lpips.safetensors")) {
      NDArray unit =
          probe.run(manager, "unit", golden.array(manager, "normalize_case.in")).singletonOrThrow();
      float[] expected = golden.get("normalize_case.out").toFloats();
      assertThat(FeatureTests.gap(unit.toFloatArray(), expected)).isLessThan(1e-6);
    }
  }

  @ParameterizedTest
  @CsvSource({"1", "4"})
  void level_matchesReferenceAndHasGradientZeroAtZero(int level) {
    try (Goldens golden = Goldens.open("features/lpips_levels.safetensors")) {
      HostTensor head = FeatureFiles.shippedHead().get("lin" + level + ".model.1.weight");
      NDList out =
          probe.train(
              manager,
              "level_gradient",
              golden.array(manager, "feat0." + level),
              golden.array(manager, "feat1." + level),
              manager.create(head.toFloats(), new Shape(head.shape())));
      float[] all = golden.get("level_values").toFloats();
      float[] expected = {all[level], all[5 + level]};
      assertThat(FeatureTests.gap(out.get(0).toFloatArray(), expected)).isLessThan(1e-6);
      HostTensor gradient = golden.get("grad_feat1." + level);
      float[] actual = out.get(1).get("0:" + gradient.shape()[0]).toFloatArray();
      // Position (0, 0) of level 1 is a zero vector: not a number in the reference, stored as 0.
      assertThat(Goldens.difference(actual, gradient.toFloats())).isLessThan(1e-5);
    }
  }

  @Test
  void flatImages_haveFiniteGradients() {
    NDArray black = manager.full(new Shape(1, 3, 32, 32), -1f);
    NDArray white = manager.full(new Shape(1, 3, 32, 32), 1f);
    Map<String, NDArray> dead = new LinkedHashMap<>(lpips.weights());
    // No feature of the first stage is alive: every vector there is zero.
    dead.put("features.2.weight", manager.zeros(new Shape(64, 64, 3, 3)));
    dead.put("features.2.bias", manager.full(new Shape(64), -1f));
    NDList out = probe.train(manager, "distance_gradient", dead, black, white);
    assertThat(out.get(0).toFloatArray()).containsOnly(0);
    assertThat(out.get(1).toFloatArray()).containsOnly(0);
  }

  @Test
  void bf16_isClose() {
    try (Goldens golden = Goldens.open("features/lpips.safetensors");
        Compute half = FeatureTests.bf16();
        Lpips coarse = new Lpips(half, FeatureTests.lpips(half));
        Kernel kernel = FeatureTests.probe(half)) {
      Machines.assumeRightConvolutions();
      NDArray[] pair = FeatureTests.pair(half.manager(), golden);
      float[] expected = golden.get("lpips").toFloats();
      float[] distance = coarse.distance(half.manager(), pair[0], pair[1]).toFloatArray();
      assertThat(Goldens.difference(distance, expected)).isLessThan(0.02);
      NDList out =
          kernel.train(half.manager(), "distance_gradient", coarse.weights(), pair[0], pair[1]);
      float[] gradient = golden.get("grad_input1_of_mean").toFloats();
      assertThat(FeatureTests.relativeNorm(out.get(1).toFloatArray(), gradient)).isLessThan(0.2);
    }
  }
}
