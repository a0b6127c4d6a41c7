package io.github.dar.features;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.Precision;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import io.github.dar.model.Weights;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The network that ships with dar, and one that is trained. */
class BundledTest {

  private static final int SIZE = Bundled.SIZE;
  private static final int[] STRIDES = {2, 1, 2, 1, 2, 1};

  private static Compute compute;

  @BeforeAll
  static void open() {
    compute = Compute.open("cpu", Precision.AUTO, 0);
  }

  @AfterAll
  static void close() {
    compute.close();
  }

  /** Random bytes as images: {@code [count, height, width, 3]}. */
  private static byte[] noise(int count, int height, int width) {
    byte[] out = new byte[count * height * width * 3];
    RandomStream random = RandomStream.of(1, Purpose.NOISE, 0);
    for (int i = 0; i < out.length; i++) {
      out[i] = (byte) random.nextInt();
    }
    return out;
  }

  private static NDArray images(NDManager manager, byte[] pixels, int height, int width) {
    Shape shape = new Shape(pixels.length / (height * width * 3), height, width, 3);
    return manager.create(ByteBuffer.wrap(pixels), shape, DataType.UINT8);
  }

  @Test
  void shippedNetwork_saysWhatItIs() throws Exception {
    try (Bundled network = Bundled.shipped(compute);
        InputStream in = Bundled.class.getResourceAsStream("bundled.safetensors")) {
      byte[] file = in.readAllBytes();
      assertThat(file).hasSizeLessThan(1_500_000);
      byte[] digest = java.security.MessageDigest.getInstance("SHA-256").digest(file);
      assertThat(network.sha256()).isEqualTo(HexFormat.of().formatHex(digest));
      assertThat(network.name()).isEqualTo("bundled");
      assertThat(network.protocol()).isEqualTo("bundled");
      assertThat(network.inception()).isFalse();
    }
  }

  @Test
  void outputs_areInRangeForAnyImage() {
    byte[] white = new byte[SIZE * SIZE * 3];
    Arrays.fill(white, (byte) 255);
    List<byte[]> extremes = List.of(new byte[SIZE * SIZE * 3], white, noise(1, SIZE, SIZE));
    try (NDManager scope = compute.manager().newSubManager();
        Bundled network = Bundled.shipped(compute)) {
      for (byte[] pixels : extremes) {
        FeatureExtractor.Outputs out = network.extract(scope, images(scope, pixels, SIZE, SIZE));
        assertThat(out.features().getShape()).isEqualTo(new Shape(1, network.width()));
        assertThat(out.spatial().getShape()).isEqualTo(new Shape(1, network.spatialWidth()));
        assertThat(out.probabilities().getShape()).isEqualTo(new Shape(1, network.classes()));
        for (NDArray features : List.of(out.features(), out.spatial())) {
          assertThat(features.min().getFloat()).isBetween(0f, 6f);
          assertThat(features.max().getFloat()).isBetween(0f, 6f);
        }
        assertThat(out.probabilities().sum().getFloat()).isBetween(0.9999f, 1.0001f);
      }
    }
  }

  @Test
  void features_areThoseOfPlainLoops() {
    byte[] pixels = noise(1, SIZE, SIZE);
    try (NDManager scope = compute.manager().newSubManager();
        Bundled network = Bundled.shipped(compute)) {
      FeatureExtractor.Outputs out = network.extract(scope, images(scope, pixels, SIZE, SIZE));
      float[] map = new float[pixels.length];
      for (int i = 0; i < pixels.length; i++) {
        map[i] = ((pixels[i] & 0xFF) - 128) / 128f;
      }
      int side = SIZE;
      for (int layer = 0; layer < STRIDES.length; layer++) {
        map = convolution(network.weights(), layer + 1, map, side, STRIDES[layer]);
        side /= STRIDES[layer];
        if (layer == 3) {
          float[] spatial = new float[side * side * 7];
          for (int i = 0; i < spatial.length; i++) {
            spatial[i] = map[i / 7 * (map.length / side / side) + i % 7];
          }
          assertThat(FeatureTests.gap(out.spatial().toFloatArray(), spatial)).isLessThan(1e-5);
        }
      }
      int width = network.width();
      float[] features = new float[width];
      for (int i = 0; i < map.length; i++) {
        features[i % width] += map[i] / (side * side);
      }
      assertThat(FeatureTests.gap(out.features().toFloatArray(), features)).isLessThan(1e-5);

      float[] head = network.weights().arrays().get("fc.weight").toFloatArray();
      float[] bias = network.weights().arrays().get("fc.bias").toFloatArray();
      double[] odds = new double[network.classes()];
      for (int k = 0; k < odds.length; k++) {
        double logit = bias[k];
        for (int i = 0; i < width; i++) {
          logit += head[k * width + i] * features[i];
        }
        odds[k] = Math.exp(logit);
      }
      double all = Arrays.stream(odds).sum();
      float[] expected = new float[odds.length];
      for (int k = 0; k < odds.length; k++) {
        expected[k] = (float) (odds[k] / all);
      }
      assertThat(FeatureTests.gap(out.probabilities().toFloatArray(), expected)).isLessThan(1e-5);
    }
  }

  /** map [side, side, C] -> [side/stride, side/stride, C']: 3x3, padding 1, cut to [0, 6]. */
  private static float[] convolution(
      Weights weights, int layer, float[] map, int side, int stride) {
    float[] kernel = weights.arrays().get("conv" + layer + ".weight").toFloatArray();
    float[] bias = weights.arrays().get("conv" + layer + ".bias").toFloatArray();
    int in = map.length / (side * side);
    int size = side / stride;
    float[] out = new float[size * size * bias.length];
    for (int at = 0; at < out.length; at++) {
      int o = at % bias.length;
      int x = at / bias.length % size;
      int y = at / bias.length / size;
      double sum = bias[o];
      for (int i = 0; i < 9; i++) {
        int row = y * stride + i / 3 - 1;
        int column = x * stride + i % 3 - 1;
        if (row >= 0 && row < side && column >= 0 && column < side) {
          for (int c = 0; c < in; c++) {
            sum += map[(row * side + column) * in + c] * kernel[(o * in + c) * 9 + i];
          }
        }
      }
      out[at] = (float) Math.max(0, Math.min(6, sum));
    }
    return out;
  }

  @Test
  void batch_changesNothingButRounding() {
    byte[] pixels = noise(5, SIZE, SIZE);
    byte[] third = Arrays.copyOfRange(pixels, 2 * SIZE * SIZE * 3, 3 * SIZE * SIZE * 3);
    try (NDManager scope = compute.manager().newSubManager();
        Bundled network = Bundled.shipped(compute)) {
      NDArray all = network.extract(scope, images(scope, pixels, SIZE, SIZE)).features();
      NDArray one = network.extract(scope, images(scope, third, SIZE, SIZE)).features();
      assertThat(FeatureTests.gap(all.get("2:3").toFloatArray(), one.toFloatArray()))
          .isLessThan(1e-5);
    }
  }

  @Test
  void otherSizes_areResized() {
    byte[] gray = new byte[50 * 41 * 3];
    Arrays.fill(gray, (byte) 77);
    byte[] same = Arrays.copyOf(gray, SIZE * SIZE * 3);
    try (NDManager scope = compute.manager().newSubManager();
        Bundled network = Bundled.shipped(compute)) {
      float[] resized =
          network.extract(scope, images(scope, gray, 50, 41)).features().toFloatArray();
      float[] asIs =
          network.extract(scope, images(scope, same, SIZE, SIZE)).features().toFloatArray();
      assertThat(FeatureTests.gap(resized, asIs)).isLessThan(1e-5);
    }
  }

  @Test
  void gradients_areTheSlopesOfTheLoss() {
    byte[] pixels = noise(3, SIZE, SIZE);
    long[] labels = {0, 7, 9};
    try (NDManager scope = compute.manager().newSubManager()) {
      Weights weights = Weights.initial(compute, Bundled.parameters(), 5);
      try (Bundled network = new Bundled(compute, weights);
          Weights gradients = weights.zerosLike()) {
        NDArray images = images(scope, pixels, SIZE, SIZE);
        float loss = network.gradients(scope, images, scope.create(labels), gradients).getFloat();
        assertThat((double) loss)
            .isCloseTo(
                loss(network, scope, images, labels), org.assertj.core.data.Offset.offset(1e-5));
        for (String name : List.of("conv1.bias", "conv6.weight", "fc.weight")) {
          NDArray weight = weights.arrays().get(name);
          NDArray slope = gradients.arrays().get(name);
          // Along the gradient itself the loss changes by its squared length.
          double length = slope.square().sum().getFloat();
          double step = 2e-3 / Math.sqrt(length);
          weight.addi(slope.mul(step));
          double above = loss(network, scope, images, labels);
          weight.subi(slope.mul(2 * step));
          double below = loss(network, scope, images, labels);
          weight.addi(slope.mul(step));
          assertThat((above - below) / (2 * step) / length).as(name).isBetween(0.98, 1.02);
        }
      }
    }
  }

  private static double loss(Bundled network, NDManager scope, NDArray images, long[] labels) {
    float[] p = network.extract(scope, images).probabilities().toFloatArray();
    double sum = 0;
    for (int i = 0; i < labels.length; i++) {
      sum -= Math.log(p[i * network.classes() + (int) labels[i]]);
    }
    return sum / labels.length;
  }

  @Test
  void training_isTheSameToTheBit() throws IOException {
    assertThat(trained()).isEqualTo(trained());
  }

  private static float[] trained() {
    byte[] pixels = noise(4, SIZE, SIZE);
    try (NDManager scope = compute.manager().newSubManager()) {
      Weights weights = Weights.initial(compute, Bundled.parameters(), 5);
      try (Bundled network = new Bundled(compute, weights);
          Weights gradients = weights.zerosLike()) {
        NDArray labels = scope.create(new long[] {0, 1, 2, 3});
        network.gradients(scope, images(scope, pixels, SIZE, SIZE), labels, gradients);
        return gradients.arrays().get("conv1.weight").toFloatArray();
      }
    }
  }
}
