package io.github.dar.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.Precision;
import io.github.dar.config.TokenizerConfig;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import io.github.dar.generate.Noise;
import io.github.dar.testing.ReferenceTokenizer;
import io.github.dar.weights.HostTensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalStartTest {

  private static final int SIZE = 32;
  // The 8 tokens of a group share the picture out as 2 rows of 4 cells, each 16 pixels high and 8
  // wide.
  private static final int CELL_HEIGHT = 16;
  private static final int CELL_WIDTH = 8;
  private static final String SMALL =
      "encoder_patch_size=4 sampling_resolution=32 diff_decoder.patch_size=4";
  private static Compute compute;

  @BeforeAll
  static void open() {
    compute = Compute.open("cpu", Precision.FP32, 1);
  }

  @AfterAll
  static void close() {
    compute.close();
  }

  private static Weights fresh(TokenizerConfig config) {
    return Weights.initial(compute, Tokenizer.parameters(config), 5);
  }

  private static Weights local(TokenizerConfig config) {
    Weights weights = fresh(config);
    LocalStart.into(weights, Tokenizer.parameters(config), config, SIZE, 5);
    return weights;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        SMALL + " num_encoder_layers=1",
        SMALL + " num_encoder_layers=1 query_low_rank=false"
      })
  void querySeesItsCell(String overrides) {
    TokenizerConfig config = ReferenceTokenizer.config(overrides.split(" "));
    try (NDManager scope = compute.manager().newSubManager();
        Weights weights = local(config);
        Tokenizer tokenizer = new Tokenizer(compute, config, weights)) {
      NDArray images = scope.zeros(new Shape(9, 3, SIZE, SIZE));
      for (int cell = 0; cell < 8; cell++) {
        images.set(new NDIndex("{},:," + cell(cell), cell), 1);
      }
      NDArray latents = tokenizer.latents(scope, images);
      for (int query = 0; query < 64; query++) {
        NDArray moved = latents.get(":8,{}", query).sub(latents.get("8,{}", query));
        double[] change = doubles(moved.square().sum(new int[] {1}));
        assertThat(change[query % 8]).as("query %d", query).isGreaterThan(2 * mean(change));
      }
    }
  }

  @Test
  void headsTellThePartsOfACellApart() {
    TokenizerConfig config =
        ReferenceTokenizer.config((SMALL + " num_encoder_layers=1").split(" "));
    try (NDManager scope = compute.manager().newSubManager();
        Weights weights = local(config);
        Tokenizer tokenizer = new Tokenizer(compute, config, weights)) {
      NDArray images = scope.zeros(new Shape(3, 3, SIZE, SIZE));
      images.set(new NDIndex("1,:,0:8,0:8"), 1);
      images.set(new NDIndex("2,:,8:16,0:8"), 1);
      NDArray latents = tokenizer.latents(scope, images);
      double alike = 0;
      for (int query = 0; query < 64; query += 8) {
        double[] upper = doubles(latents.get("1,{}", query).sub(latents.get("0,{}", query)));
        double[] lower = doubles(latents.get("2,{}", query).sub(latents.get("0,{}", query)));
        alike += dot(upper, lower) / Math.sqrt(dot(upper, upper) * dot(lower, lower)) / 8;
      }
      // One direction for both, were the cell looked at as a whole.
      assertThat(alike).isLessThan(0.7);
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        SMALL,
        SMALL + " diff_decoder.share_time_encoding=true diff_decoder.mlp_head=true"
      })
  void patchFollowsTheTokensOfItsCell(String overrides) {
    TokenizerConfig config = ReferenceTokenizer.config(overrides.split(" "));
    try (NDManager scope = compute.manager().newSubManager();
        Weights weights = local(config)) {
      // As it begins, no block adds anything: any modulation will show where a token counts.
      Map<String, HostTensor> values = new LinkedHashMap<>(weights.toHost());
      values.replaceAll(
          (name, tensor) -> name.endsWith("adaLN_modulation.1.weight") ? random(tensor) : tensor);
      weights.set(values);
      try (Tokenizer tokenizer = new Tokenizer(compute, config, weights)) {
        NDArray codes = scope.create(codes(), new Shape(9, 64));
        NDArray conditions = tokenizer.conditions(scope, tokenizer.entries(scope, codes));
        NDArray xt = Noise.of(scope, 3, Purpose.NOISE, 0, 1, SIZE, SIZE).repeat(0, 9);
        NDArray group = conditions.get(":,16:24");
        NDArray velocity = tokenizer.velocity(scope, xt, scope.zeros(new Shape(9)), group);
        for (int token = 0; token < 8; token++) {
          NDArray moved = velocity.get("{}", token).sub(velocity.get("8")).square();
          double[] change = new double[8];
          for (int cell = 0; cell < 8; cell++) {
            change[cell] = moved.get(new NDIndex(":," + cell(cell))).mean().getFloat();
          }
          assertThat(change[token]).as("token %d", token).isGreaterThan(2 * mean(change));
        }
      }
    }
  }

  @Test
  void conditionTakesInTheEarlierTokensOfItsPlace() {
    TokenizerConfig config =
        ReferenceTokenizer.config((SMALL + " num_decoder_layers=1").split(" "));
    try (NDManager scope = compute.manager().newSubManager();
        Weights weights = local(config);
        Tokenizer tokenizer = new Tokenizer(compute, config, weights)) {
      // Codes of the third group change, one a row; the conditions of the fifth are looked at.
      NDArray codes = scope.create(codes(), new Shape(9, 64));
      NDArray conditions = tokenizer.conditions(scope, tokenizer.entries(scope, codes));
      NDArray later = conditions.get(":,32:40");
      for (int token = 0; token < 8; token++) {
        NDArray moved = later.get("{}", token).sub(later.get("8")).square();
        double[] change = doubles(moved.sum(new int[] {1}));
        assertThat(change[token]).as("token %d", token).isGreaterThan(2 * mean(change));
      }
    }
  }

  @Test
  void patchLooksAtThoseAroundIt() {
    TokenizerConfig config = ReferenceTokenizer.config(SMALL.split(" "));
    try (NDManager scope = compute.manager().newSubManager();
        Weights weights = local(config)) {
      Map<String, HostTensor> values = new LinkedHashMap<>(weights.toHost());
      values.computeIfPresent(
          "diff_decoder.net.blocks.0.adaLN_modulation.1.bias", (n, b) -> withOpenAttention(b));
      weights.set(values);
      try (Tokenizer tokenizer = new Tokenizer(compute, config, weights)) {
        NDArray xt = Noise.of(scope, 3, Purpose.NOISE, 0, 1, SIZE, SIZE).repeat(0, 2);
        String patch = "1,:,16:20,16:20";
        xt.set(new NDIndex(patch), xt.get(patch).mul(-2));
        NDArray condition = scope.ones(new Shape(2, 8, 128));
        NDArray velocity = tokenizer.velocity(scope, xt, scope.zeros(new Shape(2)), condition);
        NDArray moved = velocity.get(0).sub(velocity.get(1)).square();
        for (String beside : List.of(":,16:20,20:24", ":,16:20,12:16", ":,20:24,16:20")) {
          for (String far : List.of(":,16:20,28:32", ":,16:20,4:8", ":,0:4,16:20")) {
            assertThat(moved.get(beside).mean().getFloat())
                .as("%s beside %s", beside, far)
                .isGreaterThan(10 * moved.get(far).mean().getFloat());
          }
        }
      }
    }
  }

  /** Six modulations for each channel; the third is the gate of the attention. */
  private static HostTensor withOpenAttention(HostTensor bias) {
    float[] values = bias.toFloats();
    Arrays.fill(values, values.length / 3, values.length / 2, 1);
    return HostTensor.of(values, bias.shape());
  }

  @Test
  void velocityBeginsAsTheOppositeOfTheNoise() {
    TokenizerConfig config = ReferenceTokenizer.config(SMALL.split(" "));
    try (NDManager scope = compute.manager().newSubManager();
        Weights weights = local(config);
        Tokenizer tokenizer = new Tokenizer(compute, config, weights)) {
      NDArray xt = Noise.of(scope, 3, Purpose.NOISE, 0, 4, SIZE, SIZE);
      NDArray condition = scope.ones(new Shape(4, 8, 128));
      NDArray velocity = tokenizer.velocity(scope, xt, scope.zeros(new Shape(4)), condition);
      assertThat(velocity.add(xt).square().mean().getFloat()).isLessThan(0.01f);
    }
  }

  @Test
  void patchThatTheWidthCannotHold_keepsTheReferencesLayers() {
    TokenizerConfig config =
        ReferenceTokenizer.config("encoder_patch_size=4", "sampling_resolution=32");
    try (Weights weights = local(config);
        Weights reference = fresh(config)) {
      for (String name : List.of("conv_in.weight", "conv_in.bias", "conv_out.weight")) {
        String full = "diff_decoder.net." + name;
        assertThat(weights.arrays().get(full)).isEqualTo(reference.arrays().get(full));
      }
    }
  }

  @Test
  void sameSeed_sameWeights() {
    TokenizerConfig config = ReferenceTokenizer.config(SMALL.split(" "));
    try (Weights weights = local(config);
        Weights again = local(config)) {
      assertThat(again.list()).isEqualTo(weights.list());
    }
  }

  @Test
  void directionsAreAtRightAnglesAndWithoutMean() {
    OrthonormalRows rows = new OrthonormalRows(63, 64, RandomStream.of(1, Purpose.LOCAL_START, 0));
    for (int i = 0; i < 63; i++) {
      double sum = 0;
      for (int at = 0; at < 64; at++) {
        sum += rows.get(i, at);
      }
      assertThat(sum).isCloseTo(0, within(1e-12));
      for (int k = 0; k <= i; k++) {
        double dot = 0;
        for (int at = 0; at < 64; at++) {
          dot += rows.get(i, at) * rows.get(k, at);
        }
        assertThat(dot).isCloseTo(i == k ? 1 : 0, within(1e-12));
      }
    }
  }

  /** Rows and columns of a cell of the picture. */
  private static String cell(int cell) {
    int top = cell / 4 * CELL_HEIGHT;
    int left = cell % 4 * CELL_WIDTH;
    return "%d:%d,%d:%d".formatted(top, top + CELL_HEIGHT, left, left + CELL_WIDTH);
  }

  /** The ninth row is a picture's codes; row i has another code at token 16 + i. */
  private static long[] codes() {
    RandomStream random = RandomStream.of(7, Purpose.TOKEN, 0);
    long[] codes = new long[9 * 64];
    for (int token = 0; token < 64; token++) {
      long code = random.nextInt(512);
      for (int row = 0; row < 9; row++) {
        boolean other = token == 16 + row;
        codes[row * 64 + token] = other ? (code + 1 + random.nextInt(511)) % 512 : code;
      }
    }
    return codes;
  }

  private static HostTensor random(HostTensor like) {
    float[] values = new float[Math.toIntExact(like.elements())];
    RandomStream.of(9, Purpose.NOISE, 0).gaussians(values, 0, values.length);
    for (int i = 0; i < values.length; i++) {
      values[i] *= 0.1f;
    }
    return HostTensor.of(values, like.shape());
  }

  private static double[] doubles(NDArray array) {
    float[] values = array.toFloatArray();
    double[] out = new double[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = values[i];
    }
    return out;
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }
}
