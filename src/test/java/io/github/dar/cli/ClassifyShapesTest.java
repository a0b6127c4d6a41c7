package io.github.dar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dar.data.ImageSource;
import io.github.dar.data.ImageSources;
import io.github.dar.weights.HostTensor;
import io.github.dar.weights.NpzWriter;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script that judges pictures of shapes runs; what it is worth stands at its head. */
@Tag("e2e")
class ClassifyShapesTest {

  @TempDir private Path folder;

  private record Ended(int code, String text) {}

  private Ended run(Object... args) throws Exception {
    Path output = folder.resolve("output.txt");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-DOPT_OUT_TRACKING=true",
                "-Dai.djl.offline=true",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                "scripts/ClassifyShapes.java"));
    for (Object arg : args) {
      command.add(arg.toString());
    }
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(4, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Ended(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
  }

  private Path samples(int count, int size) {
    Path file = folder.resolve("samples-" + size + ".npz");
    ByteArrayOutputStream pixels = new ByteArrayOutputStream();
    try (ImageSource shapes = ImageSources.open("shapes:", size, 0);
        NpzWriter npz = NpzWriter.stored(file)) {
      for (int i = 0; i < count; i++) {
        pixels.writeBytes(shapes.image(i).rgb());
      }
      npz.write("arr_0", HostTensor.of(pixels.toByteArray(), count, size, size, 3));
      npz.write("labels", HostTensor.of(IntStream.range(0, count).toArray(), count));
      npz.commit();
    }
    return file;
  }

  @Test
  void classifiers_areTrainedOnceAndUsedAgain() throws Exception {
    Path weights = folder.resolve("weights.safetensors");
    Path samples = samples(40, 64);
    Ended first = run("--weights", weights, "--steps", 2, samples);
    assertThat(first.text()).contains("all three", "of 2000", "of 40", "circle seen as nothing");
    assertThat(first.code()).isZero();
    byte[] written = Files.readAllBytes(weights);
    Ended second = run("--weights", weights, "--steps", 3, samples);
    assertThat(second.text()).isEqualTo(first.text());
    assertThat(weights).hasBinaryContent(written);
  }

  @Test
  void picturesOfAnotherSize_areRefused() throws Exception {
    Ended ended = run("--weights", folder.resolve("none"), samples(2, 32));
    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.text()).contains("another size than 64x64");
  }

  @Test
  void classes_coverEveryPairOfTraitsEvenly() throws Exception {
    Ended ended = run("--classes", 200);
    int[] ids = Stream.of(ended.text().strip().split(",")).mapToInt(Integer::parseInt).toArray();
    assertThat(ids).hasSize(200).doesNotHaveDuplicates();
    for (int[] pair : new int[][] {{100, 10}, {100, 1}, {10, 1}}) {
      int[] counts = new int[100];
      for (int id : ids) {
        counts[id / pair[0] % 10 * 10 + id / pair[1] % 10]++;
      }
      assertThat(counts).containsOnly(2);
    }
  }
}
