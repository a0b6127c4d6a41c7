package io.github.dar.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.github.dar.config.AdversarialLoss;
import io.github.dar.config.DiscriminatorConfig;
import io.github.dar.config.Precision;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Kernel;
import io.github.dar.engine.Purpose;
import io.github.dar.generate.Noise;
import io.github.dar.model.Weights;
import io.github.dar.testing.Goldens;
import io.github.dar.testing.HashedWeights;
import io.github.dar.testing.LivelyWeights;
import io.github.dar.testing.Machines;
import io.github.dar.testing.Naive;
import io.github.dar.weights.HostTensor;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The kernels of networks that judge images against twins in plain loops and double arithmetic. */
class FeatureTwinTest {

  private static Compute compute(String precision) {
    return Compute.open("cpu", precision.equals("fp32") ? Precision.FP32 : Precision.AUTO, 1);
  }

  private static NDArray noise(NDManager manager, int index, int count, int height, int width) {
    return Noise.of(manager, index, Purpose.NOISE, 0, count, height, width).clip(-1, 1);
  }

  @ParameterizedTest
  @CsvSource({"fp32, 17, 18, 1e-5", "bf16, 16, 16, 0.1"})
  void lpips_equalsTwin(String precision, int height, int width, double tolerance) {
    try (Compute compute = compute(precision);
        NDManager scope = compute.manager().newSubManager();
        Lpips lpips = new Lpips(compute, FeatureTests.lpips(compute))) {
      NDArray x = noise(scope, 1, 2, height, width);
      NDArray y = noise(scope, 2, 2, height, width);
      Map<String, HostTensor> tensors = HashedWeights.of(PublishedNetwork.VGG16.shapes());
      tensors.putAll(FeatureFiles.shippedHead());
      Naive layers = new Naive(tensors);
      float[] expected = new float[2];
      for (int b = 0; b < 2; b++) {
        Plane[] first = vgg(layers, scaled(Plane.of(x.get(b))));
        Plane[] second = vgg(layers, scaled(Plane.of(y.get(b))));
        for (int level = 0; level < 5; level++) {
          float[] head = layers.weight("lin" + level + ".model.1.weight");
          expected[b] += (float) first[level].apart(second[level], head);
        }
      }
      assertThat(Goldens.difference(lpips.distance(scope, x, y).toFloatArray(), expected))
          .isLessThan(tolerance);
    }
  }

  private static Plane scaled(Plane image) {
    double[] shift = {-0.030, -0.088, -0.188};
    double[] scale = {0.458, 0.448, 0.450};
    return image.map((c, value) -> (value - shift[c]) / scale[c]);
  }

  private static Plane[] vgg(Naive layers, Plane x) {
    int[][] stages = {{0, 2}, {5, 7}, {10, 12, 14}, {17, 19, 21}, {24, 26, 28}};
    Plane[] out = new Plane[stages.length];
    for (int stage = 0; stage < stages.length; stage++) {
      x = stage == 0 ? x : x.halved();
      for (int layer : stages[stage]) {
        x = x.convolved(layers, "features." + layer, 3, 1).map((c, v) -> Math.max(v, 0));
      }
      out[stage] = x;
    }
    return out;
  }

  @ParameterizedTest
  @CsvSource({"fp32, 3, 32, 40, 1e-4", "fp32, 1, 17, 23, 1e-4", "bf16, 2, 32, 32, 0.1"})
  void discriminator_equalsTwin(
      String precision, int depth, int height, int width, double tolerance) {
    DiscriminatorConfig config =
        new DiscriminatorConfig(8, depth, AdversarialLoss.HINGE, 0, OptionalDouble.empty());
    try (Compute compute = compute(precision);
        NDManager scope = compute.manager().newSubManager();
        Weights weights = LivelyWeights.of(compute, Discriminator.parameters(config));
        Discriminator discriminator = new Discriminator(compute, config, weights)) {
      if (!precision.equals("fp32")) {
        Machines.assumeRightConvolutions();
      }
      NDArray image = noise(scope, 3, 2, height, width);
      float[] times = {0.1f, 0.9f};
      NDArray logits = discriminator.logits(scope, image, scope.create(times));
      Map<String, HostTensor> tensors = new HashMap<>();
      weights
          .arrays()
          .forEach(
              (name, array) ->
                  tensors.put(
                      name, HostTensor.of(array.toFloatArray(), array.getShape().getShape())));
      Naive layers = new Naive(tensors);
      for (int b = 0; b < 2; b++) {
        double[] s = Naive.sinusoid(times[b], 256);
        Plane x = Plane.of(image.get(b)).convolved(layers, "main.0", 4, 2).leaky();
        for (int i = 1; i <= depth; i++) {
          x = x.convolved(layers, "main." + (3 * i - 1), 4, i < depth ? 2 : 1).groupNormed();
          double[] m = layers.linear("main." + 3 * i + ".embedder.mlp.0", s);
          x = x.map((c, v) -> v * (1 + m[c]) + m[m.length / 2 + c]).leaky();
        }
        x = x.convolved(layers, "main." + (3 * depth + 2), 4, 1);
        assertThat(Goldens.difference(logits.get(b).toFloatArray(), Naive.floats(x.values())))
            .isLessThan(tolerance);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"NON_SATURATING", "VANILLA", "HINGE"})
  void adversarialLosses_equalTwin(AdversarialLoss kind) {
    try (Compute compute = compute("fp32");
        NDManager scope = compute.manager().newSubManager();
        Kernel probe = FeatureTests.probe(compute)) {
      NDArray real = Noise.of(scope, 5, Purpose.NOISE, 0, 2, 3, 5);
      NDArray fake = Noise.of(scope, 6, Purpose.NOISE, 0, 2, 3, 5);
      NDArray times = scope.create(new float[] {0.2f, 0.6f});
      NDList out =
          probe.train(scope, "adversarial", scope.create(kind.number()), real, fake, times);
      double discriminator = 0;
      double generator = 0;
      float[] reals = real.toFloatArray();
      float[] fakes = fake.toFloatArray();
      for (int i = 0; i < reals.length; i++) {
        boolean hinge = kind == AdversarialLoss.HINGE;
        double ofReal = hinge ? Math.max(0, 1 - reals[i]) : Math.log1p(Math.exp(-reals[i]));
        double ofFake = hinge ? Math.max(0, 1 + fakes[i]) : Math.log1p(Math.exp(fakes[i]));
        discriminator += 0.5 * 0.4 * (ofReal + ofFake) / reals.length;
        generator += (hinge ? -fakes[i] : Math.log1p(Math.exp(-fakes[i]))) / fakes.length;
      }
      assertThat((double) out.get(0).getFloat()).isCloseTo(discriminator, within(1e-6));
      assertThat((double) out.get(1).getFloat()).isCloseTo(generator, within(1e-6));
    }
  }

  @ParameterizedTest
  @CsvSource({"fp32, 1, 1, 1e-5", "fp32, 2, 5, 1e-5", "bf16, 1, 7, 0.05"})
  void dinoBlock_equalsTwin(String precision, int batch, int tokens, double tolerance) {
    Map<String, long[]> shapes = new LinkedHashMap<>(PublishedNetwork.DINOV2.shapes());
    shapes.keySet().removeIf(name -> !name.startsWith("blocks.0."));
    try (Compute compute = compute(precision);
        NDManager scope = compute.manager().newSubManager();
        Kernel probe = FeatureTests.probe(compute);
        FrozenWeights weights = FrozenWeights.of(compute, HashedWeights.of(shapes))) {
      Naive layers = new Naive(HashedWeights.of(shapes));
      int width = DinoV2.WIDTH;
      NDArray x =
          Noise.of(scope, 7, Purpose.NOISE, 0, 1, batch * tokens, width)
              .get("0, 0")
              .reshape(batch, tokens, width);
      NDArray out = probe.run(scope, "dino_block", weights.arrays(), x).singletonOrThrow();
      for (int b = 0; b < batch; b++) {
        double[][] rows = new double[tokens][];
        float[] values = x.get(b).toFloatArray();
        for (int n = 0; n < tokens; n++) {
          rows[n] = Naive.doubles(values, n * width, width);
        }
        dinoBlock(layers, rows);
        assertThat(Goldens.difference(out.get(b).toFloatArray(), Naive.floats(rows)))
            .isLessThan(tolerance);
      }
    }
  }

  private static void dinoBlock(Naive layers, double[][] x) {
    int width = x[0].length;
    double[][][] qkv = new double[3][x.length][width];
    for (int n = 0; n < x.length; n++) {
      double[] all = layers.linear("blocks.0.attn.qkv", layers.norm("blocks.0.norm1", x[n]));
      for (int i = 0; i < 3; i++) {
        System.arraycopy(all, i * width, qkv[i][n], 0, width);
      }
    }
    for (int n = 0; n < x.length; n++) {
      double[] mixed = Naive.attend(qkv[0][n], qkv[1], qkv[2], 64, m -> true);
      double[] attended = layers.linear("blocks.0.attn.proj", mixed);
      Naive.add(x[n], layers.weight("blocks.0.ls1.gamma"), attended);
      double[] h = layers.linear("blocks.0.mlp.fc1", layers.norm("blocks.0.norm2", x[n]));
      for (int i = 0; i < h.length; i++) {
        h[i] *= normalDistribution(h[i]);
      }
      Naive.add(x[n], layers.weight("blocks.0.ls2.gamma"), layers.linear("blocks.0.mlp.fc2", h));
    }
  }

  /** The share of a normal distribution below x, by its series (Marsaglia 2004). */
  private static double normalDistribution(double x) {
    if (Math.abs(x) > 7) {
      return x > 0 ? 1 : 0;
    }
    double term = x;
    double sum = x;
    for (int i = 3; i < 300; i += 2) {
      term *= x * x / i;
      sum += term;
    }
    return 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }

  @Test
  void repa_equalsTwin() {
    try (Compute compute = compute("fp32");
        NDManager scope = compute.manager().newSubManager();
        Kernel probe = FeatureTests.probe(compute)) {
      NDArray a = Noise.of(scope, 8, Purpose.NOISE, 0, 1, 5, 7).get(0);
      NDArray b = Noise.of(scope, 9, Purpose.NOISE, 0, 1, 5, 7).get(0);
      float[] xs = a.toFloatArray();
      float[] ys = b.toFloatArray();
      double loss = 0;
      for (int start = 0; start < xs.length; start += 7) {
        double dot = 0;
        double x = 0;
        double y = 0;
        for (int i = start; i < start + 7; i++) {
          dot += xs[i] * ys[i];
          x += xs[i] * xs[i];
          y += ys[i] * ys[i];
        }
        loss += (1 - dot / Math.sqrt(x * y)) / (xs.length / 7);
      }
      NDList out = probe.train(scope, "repa", a, b);
      assertThat((double) out.get(1).getFloat()).isCloseTo(loss, within(1e-6));
    }
  }

  @ParameterizedTest
  @CsvSource({"32, 32", "240, 16", "300, 260"})
  void dinoInput_equalsTwin(int height, int width) {
    try (Compute compute = compute("fp32");
        NDManager scope = compute.manager().newSubManager();
        Kernel probe = FeatureTests.probe(compute)) {
      NDArray image = noise(scope, 10, 1, height, width);
      double[] mean = {0.485, 0.456, 0.406};
      double[] deviation = {0.229, 0.224, 0.225};
      Plane x = Plane.of(image.get(0)).map((c, v) -> (0.5 * v + 0.5 - mean[c]) / deviation[c]);
      double[][] expected = x.bicubic(224, 224).values();
      NDArray actual = probe.run(scope, "dino_input", image).singletonOrThrow();
      assertThat(Goldens.difference(actual.toFloatArray(), Naive.floats(expected)))
          .isLessThan(1e-4);
    }
  }
}
