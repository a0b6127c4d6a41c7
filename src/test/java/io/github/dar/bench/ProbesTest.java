package io.github.dar.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dar.config.Precision;
import io.github.dar.config.TransformerConfig;
import io.github.dar.data.ImageFiles;
import io.github.dar.engine.Compute;
import io.github.dar.model.Transformer;
import io.github.dar.model.Weights;
import io.github.dar.testing.TinyRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the measurements are made of. */
class ProbesTest {

  @Test
  void jpegs_areAsLargeAsPhotos_andGoneAfterwards() throws IOException {
    Path folder;
    try (JpegFolder made = JpegFolder.make(2, 0)) {
      folder = made.path();
      assertThat(made.files()).hasSize(2);
      assertThat(Files.size(made.files().get(0))).isBetween(40_000L, 160_000L);
      assertThat(ImageFiles.read(made.files().get(1)).width()).isEqualTo(JpegFolder.WIDTH);
      try (JpegDecoding decoding = new JpegDecoding(made.files(), 2)) {
        assertThat(decoding.seconds()).isPositive();
      }
    }
    assertThat(folder).doesNotExist();
  }

  @Test
  void weights_areThoseOfTheNetwork_withNoMatrixOfZeros() {
    TransformerConfig config = TinyRun.config().model().requireAr("test");
    try (Compute compute = Compute.open("cpu", Precision.FP32, 0);
        Weights drawn = RandomWeights.draw(compute, Transformer.parameters(config), 1);
        Weights again = RandomWeights.draw(compute, Transformer.parameters(config), 1)) {
      assertThat(drawn.count()).isEqualTo(config.parameterCount());
      float[] output = drawn.arrays().get("output.weight").toFloatArray();
      assertThat(output).isEqualTo(again.arrays().get("output.weight").toFloatArray());
      assertThat(output[0]).isNotZero().isBetween(-0.2f, 0.2f).isNotEqualTo(output[1]);
      assertThat(drawn.arrays().get("norm.weight").toFloatArray()).containsOnly(1);
    }
  }

  private static List<String> java(String... arguments) {
    List<String> command = new ArrayList<>(List.of(arguments));
    command.add(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
    return command;
  }

  @Test
  void startUp_timesProcesses() {
    Reading reading = new StartUp(java("-version"), java("-version")).round().get(0);
    assertThat(reading.achieved()).isPositive();
    assertThat(reading.limit()).isPositive();
  }

  @Test
  void startUp_ofWhatFails_saysWhichCommand() {
    assertThatThrownBy(() -> new StartUp(java("-no-such-option"), java("-version")).round())
        .hasMessageContaining("doesn't end well");
  }
}
