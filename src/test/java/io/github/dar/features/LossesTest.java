package io.github.dar.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.AdversarialLoss;
import io.github.dar.config.DiscriminatorConfig;
import io.github.dar.config.Precision;
import io.github.dar.config.UserException;
import io.github.dar.config.Yaml;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Kernel;
import io.github.dar.model.Weights;
import io.github.dar.testing.Goldens;
import io.github.dar.testing.Machines;
import io.github.dar.weights.HostTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The discriminator, the adversarial losses, REPA and the whole loss give the reference's numbers.
 */
class LossesTest {

  private static final DiscriminatorConfig SMALL =
      new DiscriminatorConfig(8, 3, AdversarialLoss.NON_SATURATING, 20000, OptionalDouble.empty());

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

  private static Weights discriminatorWeights(Goldens golden) {
    Map<String, HostTensor> state = new LinkedHashMap<>();
    golden
        .all()
        .forEach(
            (name, tensor) -> {
              if (name.startsWith("state.")) {
                state.put(name.substring("state.".length()), tensor);
              }
            });
    return Weights.load(
        compute, Discriminator.parameters(SMALL), "patchgan.safetensors", state, List.of());
  }

  @Test
  void discriminator_matchesReference() {
    Machines.assumeRightConvolutions();
    try (Goldens golden = Goldens.open("features/patchgan.safetensors");
        Weights weights = discriminatorWeights(golden);
        Discriminator discriminator = new Discriminator(compute, SMALL, weights)) {
      NDArray image = golden.array(manager, "image");
      NDArray t = golden.array(manager, "t");
      NDArray logits = discriminator.logits(manager, image, t);
      golden.assertClose(logits, "logits", 1e-5);
      assertThat(logits.getShape().get(2)).isEqualTo(SMALL.patches(64));

      NDList out = probe.train(manager, "patchgan", weights.arrays(), image, t);
      Map<String, NDArray> gradients = new LinkedHashMap<>();
      out.forEach(array -> gradients.put(array.getName(), array));
      golden.assertClose(gradients.get("logits"), "logits", 1e-5);
      golden.assertClose(gradients.get("image").get("0:1, :, :32"), "grad.image", 1e-4);
      golden.assertClose(gradients.get("main.0.weight"), "grad.main.0.weight", 1e-4);
      golden.assertClose(
          gradients.get("main.3.embedder.mlp.0.weight").get(":16"),
          "grad.main.3.embedder.mlp.0.weight",
          1e-4);
    }
  }

  @Test
  void discriminator_bf16_isClose() {
    Machines.assumeRightConvolutions();
    try (Goldens golden = Goldens.open("features/patchgan.safetensors");
        Compute half = FeatureTests.bf16();
        Weights weights = discriminatorWeights(golden);
        Discriminator discriminator = new Discriminator(half, SMALL, weights)) {
      NDArray logits =
          discriminator.logits(
              half.manager(),
              golden.array(half.manager(), "image"),
              golden.array(half.manager(), "t"));
      golden.assertClose(logits, "logits", 0.05);
    }
  }

  @Test
  void discriminator_learnsToTellApart() {
    Machines.assumeRightConvolutions();
    DiscriminatorConfig config =
        new DiscriminatorConfig(16, 2, AdversarialLoss.HINGE, 0, OptionalDouble.empty());
    try (NDManager scope = manager.newSubManager();
        Weights weights = Discriminator.initial(compute, config, 3);
        Discriminator discriminator = new Discriminator(compute, config, weights)) {
      NDArray real = scope.full(new Shape(4, 3, 16, 16), 0.5f);
      NDArray fake = scope.full(new Shape(4, 3, 16, 16), -0.5f);
      NDArray times = scope.create(new float[] {0.1f, 0.4f, 0.7f, 1});
      float first = 0;
      float[] report = {};
      for (int step = 0; step < 30; step++) {
        try (Weights gradients = weights.zerosLike()) {
          report =
              discriminator.gradients(scope, real, fake, times, 0.54f, 1, gradients).toFloatArray();
          first = step == 0 ? report[0] : first;
          gradients
              .arrays()
              .forEach((name, gradient) -> weights.arrays().get(name).subi(gradient.mul(0.05)));
        }
      }
      assertThat(report[0]).isLessThan(first / 2);
      assertThat(report[1]).isGreaterThan(report[2]);
    }
  }

  @Test
  void discriminator_startsAsTheReferenceDoes() {
    DiscriminatorConfig config = Yaml.parse("{}", "test", DiscriminatorConfig.class);
    try (Weights weights = Discriminator.initial(compute, config, 0);
        Weights small = Discriminator.initial(compute, SMALL, 0);
        Weights other = Discriminator.initial(compute, SMALL, 1)) {
      // The reference prints this number of parameters for ndf 128 and 3 layers.
      long count = 3 * 128 * 16 + 128;
      for (long[] layer : new long[][] {{128, 256}, {256, 512}, {512, 1024}}) {
        count += layer[0] * layer[1] * 16 + 2 * layer[1] * 257;
      }
      assertThat(weights.count()).isEqualTo(count + 1024 * 16 + 1);
      assertThat(weights.arrays()).hasSize(13).containsKey("main.9.embedder.mlp.0.weight");
      assertThat(deviation(weights, "main.5.weight")).isCloseTo(0.02, within(2e-4));
      assertThat(deviation(weights, "main.6.embedder.mlp.0.weight")).isCloseTo(0.01, within(2e-4));
      assertThat(weights.arrays().get("main.6.embedder.mlp.0.bias").toFloatArray()).containsOnly(0);
      assertThat(weights.arrays().get("main.0.bias").abs().max().getFloat())
          .isLessThanOrEqualTo((float) (1 / Math.sqrt(48)));
      assertThat(small.arrays().get("main.2.weight").toFloatArray())
          .isNotEqualTo(other.arrays().get("main.2.weight").toFloatArray());
    }
  }

  private static double deviation(Weights weights, String name) {
    return Math.sqrt(weights.arrays().get(name).square().mean().getFloat());
  }

  @Test
  void adversarialLosses_matchReference() {
    try (Goldens golden = Goldens.open("features/gan.safetensors")) {
      NDArray always = manager.ones(new Shape(2));
      assertLosses(golden, AdversarialLoss.NON_SATURATING, always, "non_saturating");
      assertLosses(golden, AdversarialLoss.HINGE, always, "hinge");
      float vanilla = adversarial(golden, AdversarialLoss.VANILLA, always).get(0).getFloat();
      assertThat(vanilla).isCloseTo(golden.get("vanilla_d").toFloats()[0], within(1e-6f));

      NDArray weight = golden.array(manager, "weight").reshape(2);
      NDList weighted = adversarial(golden, AdversarialLoss.NON_SATURATING, weight);
      assertThat(weighted.get(0).getFloat())
          .isCloseTo(golden.get("non_saturating_d_weighted").toFloats()[0], within(1e-6f));
      golden.assertClose(weighted.get(2), "grad.real", 1e-5);
    }
  }

  private static void assertLosses(
      Goldens golden, AdversarialLoss loss, NDArray times, String name) {
    NDList out = adversarial(golden, loss, times);
    assertThat(out.get(0).getFloat())
        .isCloseTo(golden.get(name + "_d").toFloats()[0], within(1e-6f));
    assertThat(out.get(1).getFloat())
        .isCloseTo(golden.get(name + "_g").toFloats()[0], within(1e-6f));
  }

  private static NDList adversarial(Goldens golden, AdversarialLoss loss, NDArray times) {
    return probe.train(
        manager,
        "adversarial",
        manager.create(loss.number()),
        golden.array(manager, "logits_real"),
        golden.array(manager, "logits_fake"),
        times);
  }

  @Test
  void adversarialWeight_countsFromItsFirstStep() {
    try (Goldens golden = Goldens.open("features/gan.safetensors")) {
      double[] rows = golden.get("adopt_weight").toDoubles();
      for (int i = 0; i < rows.length; i += 3) {
        DiscriminatorConfig config =
            new DiscriminatorConfig(
                128, 3, AdversarialLoss.HINGE, (int) rows[i + 1], OptionalDouble.empty());
        assertThat(config.weightAt((long) rows[i], 0.5)).isEqualTo(rows[i + 2]);
      }
    }
  }

  @Test
  void discriminatorConfig_refusesWhatCannotWork() {
    assertThat(
            new DiscriminatorConfig(128, 3, AdversarialLoss.HINGE, 0, OptionalDouble.empty())
                .patches(256))
        .isEqualTo(30);
    assertThatThrownBy(() -> SMALL.patches(16))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "discriminator.layers is 3; images of 16 pixels are too small for it; give fewer");
    assertThatThrownBy(
            () -> new DiscriminatorConfig(20, 3, AdversarialLoss.HINGE, 0, OptionalDouble.empty()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("multiple of 8");
  }

  @Test
  void repa_matchesReference() {
    try (Goldens golden = Goldens.open("features/repa.safetensors")) {
      NDList out =
          probe.train(
              manager, "repa", golden.array(manager, "features"), golden.array(manager, "h_repa"));
      golden.assertClose(out.get(0), "cosine", 1e-5);
      assertThat(out.get(1).getFloat()).isCloseTo(golden.get("loss").toFloats()[0], within(1e-6f));
      golden.assertClose(out.get(2), "grad_h_repa", 1e-5);
    }
  }

  @Test
  void repaGrid_averagesToSmallerGrids() {
    float[] values = new float[256];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    NDArray features = manager.create(values, new Shape(1, 256, 1));
    NDArray same = probe.run(manager, "repa_grid", features, 16, 16).singletonOrThrow();
    assertThat(same.toFloatArray()).isEqualTo(values);
    NDArray four = probe.run(manager, "repa_grid", features, 2, 2).singletonOrThrow();
    assertThat(four.getShape()).isEqualTo(new Shape(1, 4, 1));
    assertThat(four.toFloatArray()).containsExactly(59.5f, 67.5f, 187.5f, 195.5f);
    NDArray odd = probe.run(manager, "repa_grid", features, 7, 7).singletonOrThrow();
    assertThat(odd.getShape()).isEqualTo(new Shape(1, 49, 1));
  }

  @Test
  void totals_matchReference() {
    try (Goldens golden = Goldens.open("features/total.safetensors")) {
      float[] terms = golden.get("vq_commit_entropy_usage_dead_diff").toFloats();
      double repa = golden.get("repa").toFloats()[0];
      double[] weights = golden.get("weights").toDoubles();
      double[] totals = golden.get("totals").toDoubles();
      for (int i = 0; i < totals.length; i++) {
        double perceptual =
            probe
                .run(
                    manager,
                    "perceptual",
                    golden.array(manager, "lpips"),
                    golden.array(manager, "time"),
                    manager.create((float) weights[2 * i]))
                .singletonOrThrow()
                .getFloat();
        double total =
            terms[0] + terms[1] + terms[2] + terms[5] + perceptual + weights[2 * i + 1] * repa;
        assertThat(total).as("row %d", i).isCloseTo(totals[i], within(1e-6));
      }
    }
  }
}
