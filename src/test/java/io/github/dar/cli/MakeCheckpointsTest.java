package io.github.dar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dar.config.ImageNet;
import io.github.dar.config.ModelConfig;
import io.github.dar.model.ModelFolder;
import io.github.dar.weights.SafeTensors;
import io.github.dar.weights.TensorFile;
import io.github.dar.weights.TorchCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script that makes files of the published layout, at a small size, and what becomes of them:
 * in a heap smaller than the largest tensor, and killed on the way.
 */
@Tag("e2e")
@DisabledOnOs(OS.WINDOWS)
class MakeCheckpointsTest {

  /** The two largest tensors of the transformer have 33 MB each. */
  private static final String SMALL_HEAP = "-Xmx24m";

  private static final String MODEL =
      """
      model:
        encoder_patch_size: 8
        num_encoder_layers: 1
        encoder_dim: 64
        query_low_rank: true
        vq_dim: 8
        vq_codebook_size: 16384
        num_all_queries: 32
        num_query_groups: 4
        queries_per_step: 8
        num_denoising_steps: 4
        num_decoder_layers: 1
        decoder_dim: 64
        sampling_resolution: 32
        diff_decoder: {dim: 64, cond_dim: 64, patch_size: 8, depth: 1}
      ar:
        dim: 512
        n_layer: 1
        n_head: 8
        vocab_size: 16384
        block_size: 32
        num_classes: 1000
      """;

  @TempDir private Path folder;

  private Path config;

  private record Ended(int code, String text) {}

  @BeforeEach
  void writeConfig() throws IOException {
    config = folder.resolve("small.yaml");
    Files.writeString(config, MODEL);
  }

  private Process start(List<String> program, Object... args) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-DOPT_OUT_TRACKING=true",
                "-Dai.djl.offline=true",
                SMALL_HEAP,
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path"))));
    command.addAll(program);
    Stream.of(args).map(Object::toString).forEach(command::add);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("output.txt").toFile())
        .start();
  }

  private Ended await(Process process) throws Exception {
    try {
      assertThat(process.waitFor(4, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Ended(process.exitValue(), Files.readString(folder.resolve("output.txt")));
  }

  private Ended make(Object... args) throws Exception {
    // The compiler of a single-file program needs more than what runs it.
    return await(start(List.of("-Xmx256m", "scripts/MakeCheckpoints.java"), args));
  }

  private Process convert(Object... args) throws IOException {
    return start(List.of("io.github.dar.cli.Main", "convert"), args);
  }

  private Path made(String name, String part) throws Exception {
    Path file = folder.resolve(name);
    assertThat(make(file, part, config).code()).isZero();
    return file;
  }

  @Test
  void publishedLayout_becomesAModel_inLittleMemory() throws Exception {
    Path tokenizer = made("tokenizer.pt", "tokenizer");
    Path ar = made("ar.pt", "ar");
    Path out = folder.resolve("model");

    Ended ended = await(convert("--tokenizer", tokenizer, "--ar", ar, "--out", out));

    assertThat(ended.text()).contains("converting: 100%", "classes named as ImageNet's");
    assertThat(ended.code()).isZero();
    ModelConfig config = ModelFolder.open(out).config();
    assertThat(config.classes()).isEqualTo(ImageNet.classes());
    assertThat(config.imageSize()).isEqualTo(32);
    assertThat(config.requireTokenizer("test").tokens().numQueryGroups()).isEqualTo(4);
    try (TorchCheckpoint source = TorchCheckpoint.open(ar);
        TensorFile written = SafeTensors.open(out.resolve("ar.safetensors"))) {
      String name = "layers.0.feed_forward.w2.weight";
      assertThat(source.tensors()).containsKey("_orig_mod." + name);
      float[] values = written.get(name).toFloats();
      assertThat(values).isEqualTo(source.stateDict().get(name).toFloats());
      assertThat(deviation(values)).isBetween(0.019, 0.021);
    }
    try (TorchCheckpoint source = TorchCheckpoint.open(tokenizer);
        TensorFile written = SafeTensors.open(out.resolve("tokenizer.safetensors"))) {
      assertThat(source.find("steps")).contains(210_000L);
      assertThat(source.tensors())
          .containsKeys("optimizer/state/3/exp_avg_sq", "ema/diff_decoder.net.repa_out.4.weight");
      assertThat(written.get("patchify.weight").toFloats())
          .isEqualTo(source.stateDict("ema").get("patchify.weight").toFloats())
          .isNotEqualTo(source.stateDict("model").get("patchify.weight").toFloats());
    }
    assertThat(make(folder.resolve("again.pt"), "ar", this.config).code()).isZero();
    try (TorchCheckpoint first = TorchCheckpoint.open(ar);
        TorchCheckpoint again = TorchCheckpoint.open(folder.resolve("again.pt"))) {
      String name = "_orig_mod.norm.weight";
      assertThat(again.get(name).toFloats()).isEqualTo(first.get(name).toFloats());
    }
  }

  private static double deviation(float[] values) {
    double squares = 0;
    for (float value : values) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares / values.length);
  }

  @Test
  void killedOnTheWay_leavesNoModel_andGoesWellTheNextTime() throws Exception {
    Path ar = made("ar.pt", "ar");
    Path out = folder.resolve("models/m");
    Process process = convert("--ar", ar, "--out", out);
    Path aside = out.resolveSibling(".m.partial-" + process.pid());
    while (process.isAlive() && !Files.exists(aside)) {
      Thread.onSpinWait();
    }
    process.destroyForcibly().waitFor();
    assertThat(aside).exists();
    assertThat(aside.resolve("config.yaml")).doesNotExist();
    assertThat(out).doesNotExist();

    assertThat(await(convert("--ar", ar, "--out", out)).code()).isZero();
    assertThat(out.getParent()).isDirectoryNotContaining("glob:**/.m*");
    assertThat(ModelFolder.open(out).hasTransformer()).isTrue();
  }

  @Test
  void wrongUse_isSaidInALine() throws Exception {
    assertThat(make("x.pt").text()).startsWith("usage: MakeCheckpoints");
    Ended noConfig = make(folder.resolve("x.pt"), "ar", folder.resolve("none.yaml"));
    assertThat(noConfig.code()).isEqualTo(2);
    assertThat(noConfig.text()).hasLineCount(1).contains("none.yaml: no such file");
    assertThat(folder.resolve("x.pt")).doesNotExist();
  }
}
