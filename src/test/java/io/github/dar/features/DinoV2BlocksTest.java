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
import io.github.dar.testing.HashedWeights;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** DINOv2 with all its 86 million weights gives the reference's numbers. */
@Tag("e2e")
class DinoV2BlocksTest {

  @Test
  void features_matchReferenceAfterEachBlock() {
    try (Compute compute = Compute.open("cpu", Precision.FP32, 0);
        Goldens golden = Goldens.open("features/dinov2.safetensors");
        Kernel probe = FeatureTests.probe(compute)) {
      NDManager manager = compute.manager();
      FrozenWeights weights =
          FrozenWeights.of(compute, HashedWeights.of(PublishedNetwork.DINOV2.shapes()));
      NDArray image = DinoV2Test.image(manager, golden);
      NDArray x = probe.run(manager, "dino_input", image).singletonOrThrow();
      NDList trace = probe.run(manager, "dino_trace", weights.arrays(), x);
      for (int i = 0; i < 13; i++) {
        NDArray tokens = trace.get(i);
        assertThat(FeatureTests.gap(tokens.get("0, 0").toFloatArray(), row(golden, "cls", i)))
            .isLessThan(2e-4);
        assertThat(FeatureTests.gap(tokens.get("0, 38").toFloatArray(), row(golden, "patch37", i)))
            .isLessThan(2e-4);
      }
      float[] cls = trace.get(13).get("0, 0").toFloatArray();
      assertThat(FeatureTests.gap(cls, golden.get("x_norm_clstoken").toFloats())).isLessThan(2e-4);

      try (DinoV2 dino = new DinoV2(compute, weights)) {
        NDArray features = dino.features(manager, image);
        assertThat(features.getShape()).isEqualTo(new Shape(1, 256, DinoV2.WIDTH));
        float[] every8 = features.get(":, ::8").toFloatArray();
        assertThat(FeatureTests.gap(every8, golden.get("x_norm_patchtokens_every8").toFloats()))
            .isLessThan(2e-4);
        // They may take part in a training call.
        NDArray projected = manager.ones(features.getShape());
        NDList repa = probe.train(manager, "repa", features, projected);
        assertThat(repa.get(2).getShape()).isEqualTo(features.getShape());
      }
    }
  }

  private static float[] row(Goldens golden, String token, int place) {
    float[] all = golden.get("trace." + token).toFloats();
    return Arrays.copyOfRange(all, place * 768, (place + 1) * 768);
  }

  @Test
  void bf16_isClose() {
    try (Compute compute = FeatureTests.bf16();
        Goldens golden = Goldens.open("features/dinov2.safetensors")) {
      Map<String, long[]> shapes = PublishedNetwork.DINOV2.shapes();
      try (DinoV2 dino = new DinoV2(compute, FrozenWeights.of(compute, HashedWeights.of(shapes)))) {
        NDArray features =
            dino.features(compute.manager(), DinoV2Test.image(compute.manager(), golden));
        float[] every8 = features.get(":, ::8").toFloatArray();
        assertThat(
                FeatureTests.relativeNorm(
                    every8, golden.get("x_norm_patchtokens_every8").toFloats()))
            .isLessThan(0.02);
      }
    }
  }
}
