package io.github.dar.features;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.Precision;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Kernel;
import io.github.dar.testing.Goldens;
import io.github.dar.testing.HashedWeights;
import io.github.dar.weights.HostTensor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Inception and its protocols give the reference's numbers. */
class InceptionTest {

  private static final String[] STAGES = {
    "Mixed_5b",
    "Mixed_5c",
    "Mixed_5d",
    "Mixed_6a",
    "Mixed_6b",
    "Mixed_6c",
    "Mixed_6d",
    "Mixed_6e",
    "Mixed_7a",
    "Mixed_7b",
    "Mixed_7c"
  };

  /** The levels' places among the stages, by their channels. */
  private static final Map<Integer, Integer> LEVELS = Map.of(64, 0, 192, 1, 768, 9);

  private static Compute compute;
  private static Map<String, HostTensor> tensors;
  private static Goldens golden;
  private static Kernel probe;

  @BeforeAll
  static void open() {
    // Not one: what a convolution does depends on their number (linear_packed.py).
    compute = Compute.open("cpu", Precision.AUTO, 2);
    tensors = HashedWeights.of(PublishedNetwork.INCEPTION.shapes());
    golden = Goldens.open("features/inception.safetensors");
    probe = Kernel.load(compute.manager(), Map.of(), "protocols", "inception", "inception_probe");
  }

  @AfterAll
  static void close() {
    golden.close();
    compute.close();
  }

  private static Inception inception(Protocol protocol) {
    return new Inception(compute, "hashed", tensors, protocol, "none");
  }

  /** Image 2 or 3 of the reference as a batch: {@code [1, H, W, 3]}. */
  private static NDArray image(NDManager manager, int number) {
    HostTensor image = golden.get("image" + number);
    Shape shape = new Shape(1).addAll(new Shape(image.shape()));
    return manager.create(ByteBuffer.wrap(image.toBytes()), shape, DataType.UINT8);
  }

  private static float[] row(String name, int row) {
    return golden.get(name).rows(row, row + 1).toFloats();
  }

  @ParameterizedTest
  @EnumSource
  void input_matchesReference(Protocol protocol) {
    for (int number = 2; number < 4; number++) {
      try (NDManager scope = compute.manager().newSubManager()) {
        NDArray x =
            probe.run(scope, "input", image(scope, number), protocol.number()).singletonOrThrow();
        assertThat(x.getShape()).isEqualTo(new Shape(1, 3, 299, 299));
        double[] sums = golden.get("checks.image" + number + ".input_sum_sumsq").toDoubles();
        int check = new int[] {1, 0, 2}[protocol.ordinal()]; // the file's order
        double sum = 0;
        double squares = 0;
        for (float value : x.toFloatArray()) {
          sum += value;
          squares += (double) value * value;
        }
        assertThat(Math.abs(sum - sums[2 * check])).isLessThan(0.05);
        assertThat(Math.abs(squares - sums[2 * check + 1])).isLessThan(0.05);

        boolean scaled = protocol == Protocol.PYTORCH_FID;
        int every = protocol == Protocol.CLEAN_FID && number == 2 ? 6 : 7;
        float[] expected =
            golden.get(protocol.text() + ".image" + number + ".every" + every).toFloats();
        float[] actual = x.get(":, :, ::%d, ::%d".formatted(every, every)).toFloatArray();
        if (!scaled) {
          for (int i = 0; i < expected.length; i++) {
            expected[i] = (expected[i] - 128f) / 128f;
          }
        }
        double tolerance =
            switch (protocol) {
              case ADM -> Double.MIN_VALUE; // to the bit
              case PYTORCH_FID -> 5e-5;
              case CLEAN_FID -> 1e-4 / 128;
            };
        assertThat(FeatureTests.gap(actual, expected)).isLessThan(tolerance);
      }
    }
  }

  @Test
  void stages_matchReference() {
    try (NDManager scope = compute.manager().newSubManager();
        Inception inception = inception(Protocol.PYTORCH_FID)) {
      for (int number = 2; number < 4; number++) {
        NDArray x =
            probe
                .run(scope, "input", image(scope, number), Protocol.PYTORCH_FID.number())
                .singletonOrThrow();
        NDList stages = probe.run(scope, "stages", inception.weights(), x);
        for (int i = 0; i < STAGES.length; i++) {
          assertMean(stages.get(i + 2), "pytorch-fid.stage_mean." + STAGES[i], number - 2);
        }
        for (Map.Entry<Integer, Integer> level : LEVELS.entrySet()) {
          NDArray stage = stages.get(level.getValue());
          assertMean(stage, "pytorch-fid.block" + level.getKey() + "_mean", number - 2);
          assertPlaces(stage, "pf.image" + number + ".block" + level.getKey() + "_raw");
        }
        NDArray features = stages.get(12).mean(new int[] {3}).mean(new int[] {2});
        float[] logits =
            probe
                .run(scope, "logits", inception.weights(), features)
                .singletonOrThrow()
                .toFloatArray();
        assertThat(FeatureTests.gap(logits, row("pytorch-fid.logits", number - 2)))
            .isLessThan(2e-5);
      }
    }
  }

  private static void assertMean(NDArray stage, String name, int row) {
    float[] mean = stage.mean(new int[] {3}).mean(new int[] {2}).toFloatArray();
    assertThat(FeatureTests.gap(mean, row(name, row))).as(name).isLessThan(2e-5);
  }

  /** Channels 0 to 7 at three rows and columns. */
  private static void assertPlaces(NDArray stage, String name) {
    int side = (int) stage.getShape().get(2);
    float[] values = stage.get(":, :8").toFloatArray();
    float[] expected = golden.get(name).toFloats();
    int at = 0;
    for (int channel = 0; channel < 8; channel++) {
      for (int y : new int[] {0, side / 2, side - 1}) {
        for (int x : new int[] {0, side / 3, side - 1}) {
          double gap = Math.abs(values[(channel * side + y) * side + x] - expected[at++]);
          assertThat(gap).as(name).isLessThan(2e-5);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void outputs_matchReference(Protocol protocol) {
    try (NDManager scope = compute.manager().newSubManager();
        Inception inception = inception(protocol)) {
      for (int number = 2; number < 4; number++) {
        FeatureExtractor.Outputs out = inception.extract(scope, image(scope, number));
        assertOutput(out.features(), protocol + ".pool", number - 2, 2e-5);
        if (protocol != Protocol.CLEAN_FID) {
          assertOutput(out.spatial(), protocol + ".sfid", number - 2, 2e-5);
          assertOutput(out.probabilities(), protocol + ".softmax_nobias", number - 2, 2e-7);
        }
      }
    }
  }

  private static void assertOutput(NDArray actual, String name, int row, double tolerance) {
    float[] expected = row(name, row);
    assertThat(actual.getShape()).isEqualTo(new Shape(1, expected.length));
    assertThat(FeatureTests.gap(actual.toFloatArray(), expected)).as(name).isLessThan(tolerance);
  }

  @Test
  void batch_changesNothingButRounding() {
    try (NDManager scope = compute.manager().newSubManager();
        Inception inception = inception(Protocol.ADM)) {
      NDArray image = image(scope, 2);
      NDArray other = image.flip(2);
      NDArray batch = other.concat(image, 0).concat(other, 0);
      FeatureExtractor.Outputs alone = inception.extract(scope, image);
      FeatureExtractor.Outputs among = inception.extract(scope, batch);
      assertThat(among.features().getShape()).isEqualTo(new Shape(3, inception.width()));
      assertThat(among.spatial().getShape()).isEqualTo(new Shape(3, inception.spatialWidth()));
      assertThat(among.probabilities().getShape()).isEqualTo(new Shape(3, inception.classes()));
      float[] second = Arrays.copyOfRange(among.features().toFloatArray(), 2048, 2 * 2048);
      assertThat(FeatureTests.gap(second, alone.features().toFloatArray())).isLessThan(1e-5);
    }
  }
}
