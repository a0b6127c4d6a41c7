package io.github.dar.features;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.Precision;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Kernel;
import io.github.dar.testing.Goldens;
import io.github.dar.testing.HashedWeights;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What DINOv2 does before its blocks gives the reference's numbers; {@link DinoV2BlocksTest}. */
class DinoV2Test {

  private static Compute compute;
  private static NDManager manager;
  private static Kernel probe;

  @BeforeAll
  static void open() {
    compute = Compute.open("cpu", Precision.FP32, 0);
    manager = compute.manager();
    probe = FeatureTests.probe(compute);
  }

  @AfterAll
  static void close() {
    compute.close();
  }

  /** The image of dinov2.safetensors. */
  static NDArray image(NDManager manager, Goldens golden) {
    float[] image = FeatureTests.image(golden.get("input_bytes"));
    for (int channel = 0; channel < 3; channel++) {
      for (int row = 100; row < 140; row++) {
        for (int column = 30; column < 200; column++) {
          image[(channel * 256 + row) * 256 + column] *= 1.15f;
        }
      }
    }
    return manager.create(image, new Shape(1, 3, 256, 256));
  }

  @Test
  void hashedWeights_areThoseOfTheReference() {
    try (Goldens golden = Goldens.open("features/hash_check.safetensors")) {
      Map<String, long[]> shapes = PublishedNetwork.DINOV2.shapes();
      assertThat(shapes).hasSize(174);
      long count = shapes.values().stream().mapToLong(shape -> new Shape(shape).size()).sum();
      assertThat(count + 768).isEqualTo(86_580_480);
      for (String name : shapes.keySet()) {
        String key = "dinov2_vitb14:" + name;
        if (golden.all().containsKey(key + ".sum")) {
          float[] values = HashedWeights.tensor(name, shapes.get(name)).toFloats();
          assertThat(FeatureTests.last(values, 8)).isEqualTo(golden.get(key + ".last8").toFloats());
        }
      }
    }
  }

  @Test
  void preprocessing_matchesReference() {
    try (Goldens golden = Goldens.open("features/dinov2.safetensors");
        Goldens small = Goldens.open("features/dino_input.safetensors")) {
      NDArray x = probe.run(manager, "dino_input", image(manager, golden)).singletonOrThrow();
      float[] every7 = x.get(":, :, ::7, ::7").toFloatArray();
      assertThat(FeatureTests.gap(every7, golden.get("preprocessed_every7").toFloats()))
          .isLessThan(5e-5);
      NDArray upscaled =
          probe.run(manager, "dino_input", small.array(manager, "image")).singletonOrThrow();
      float[] every9 = upscaled.get(":, :, ::9, ::9").toFloatArray();
      assertThat(FeatureTests.gap(every9, small.get("out_every9").toFloats())).isLessThan(5e-5);
    }
  }

  @Test
  void positionsAndPatches_matchReference() {
    Map<String, long[]> shapes = PublishedNetwork.DINOV2.shapes();
    String[] names = {
      "cls_token",
      "pos_embed",
      "patch_embed.proj.weight",
      "patch_embed.proj.bias",
      "blocks.0.norm1.weight",
      "blocks.0.norm1.bias",
      "blocks.0.attn.qkv.weight",
      "blocks.0.attn.qkv.bias"
    };
    Map<String, long[]> some = new LinkedHashMap<>();
    for (String name : names) {
      some.put(name, shapes.get(name));
    }
    try (Goldens golden = Goldens.open("features/dinov2.safetensors");
        FrozenWeights weights = FrozenWeights.of(compute, HashedWeights.of(some))) {
      NDArray positions = probe.run(manager, "dino_positions", weights.arrays()).singletonOrThrow();
      assertClose(golden, positions.get("0, :5, :16"), "pos_interpolated.first", 1e-6);
      assertClose(golden, positions.get("0, 254:, :16"), "pos_interpolated.last", 1e-6);
      assertClose(
          golden,
          positions.get("0, 1:, 0").reshape(16, 16),
          "pos_interpolated.grid_channel0",
          1e-6);

      NDArray x = probe.run(manager, "dino_input", image(manager, golden)).singletonOrThrow();
      NDArray patches = probe.run(manager, "dino_patches", weights.arrays(), x).singletonOrThrow();
      assertRows(golden, patches.get("0, 1:"), "patch_embed.rows", 0, 1, 16, 255);
      NDArray tokens = patches.add(positions);
      assertRows(golden, tokens.get(0), "tokens.rows", 0, 1, 2, 256);
      NDArray qkv = probe.run(manager, "dino_qkv", weights.arrays(), tokens).singletonOrThrow();
      assertClose(golden, qkv.get("0, 0"), "block0.qkv_row0", 2e-4);
    }
  }

  private static void assertRows(Goldens golden, NDArray all, String name, int... rows) {
    NDList chosen = new NDList();
    for (int row : rows) {
      chosen.add(all.get(row + ":" + (row + 1)));
    }
    float[] expected = golden.get(name).toFloats();
    assertThat(FeatureTests.gap(NDArrays.concat(chosen).toFloatArray(), expected))
        .as(name)
        .isLessThan(2e-4);
  }

  private static void assertClose(Goldens golden, NDArray actual, String name, double tolerance) {
    assertThat(FeatureTests.gap(actual.toFloatArray(), golden.get(name).toFloats()))
        .as(name)
        .isLessThan(tolerance);
  }
}
