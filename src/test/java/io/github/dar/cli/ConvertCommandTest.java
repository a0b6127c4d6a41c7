package io.github.dar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dar.config.ModelConfig;
import io.github.dar.config.TokenizerConfig;
import io.github.dar.config.TransformerConfig;
import io.github.dar.config.Yaml;
import io.github.dar.model.ModelFolder;
import io.github.dar.weights.SafeTensors;
import io.github.dar.weights.TensorFile;
import io.github.dar.weights.TorchCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConvertCommandTest {

  private static final String TOKENIZER = Cli.checkpoint("0000520.pt");
  private static final String AR = Cli.checkpoint("ar_orig_mod.pt");

  @TempDir private Path temp;

  private Path out() {
    return temp.resolve("model");
  }

  @Test
  void bothParts_becomeAModelThatIsTheCheckpoints() throws IOException {
    Cli.Result result =
        Cli.run("convert", "--tokenizer", TOKENIZER, "--ar", AR, "--out", "" + out());

    assertThat(result.err()).contains("converting: 100%").doesNotContain("dar:");
    assertThat(result.code()).isZero();
    ModelConfig config = ModelFolder.open(out()).config();
    assertThat(config.imageSize()).isEqualTo(64);
    TransformerConfig ar = config.requireAr("test");
    assertThat(ar.dim()).isEqualTo(64);
    assertThat(ar.nHead()).isEqualTo(1);
    assertThat(ar.hiddenDim()).isEqualTo(192);
    assertThat(ar.sequence().numClasses()).isEqualTo(4);
    assertThat(ar.sequence().blockSize()).isEqualTo(16);
    try (TorchCheckpoint checkpoint = TorchCheckpoint.open(Path.of(TOKENIZER));
        TensorFile tensors = SafeTensors.open(out().resolve("tokenizer.safetensors"))) {
      assertThat(tensors.names()).doesNotContain("quantize.codebook_used");
      assertThat(tensors.get("patchify.weight").toFloats())
          .isEqualTo(checkpoint.stateDict("ema").get("patchify.weight").toFloats())
          .isNotEqualTo(checkpoint.stateDict("model").get("patchify.weight").toFloats());
    }
    assertThat(Files.readString(out().resolve("README.md"))).contains("0000520.pt", "SHA-256");
    try (Stream<Path> left = Files.list(temp)) {
      assertThat(left).containsExactly(out());
    }
  }

  @Test
  void weightsModel_takesTheOther() {
    Cli.run("convert", "--tokenizer", TOKENIZER, "--weights", "model", "--out", "" + out());
    try (TorchCheckpoint checkpoint = TorchCheckpoint.open(Path.of(TOKENIZER));
        TensorFile tensors = SafeTensors.open(out().resolve("tokenizer.safetensors"))) {
      assertThat(tensors.get("patchify.weight").toFloats())
          .isEqualTo(checkpoint.stateDict("model").get("patchify.weight").toFloats());
    }
  }

  @Test
  void bareArAlone_takesBlockSizeAndOverrides() {
    Cli.Result result =
        Cli.run(
            "convert",
            "--ar",
            Cli.checkpoint("ar_bare.pt"),
            "--block-size",
            "16",
            "-o",
            "ar.token_dropout_p=0",
            "-q",
            "--out",
            "" + out());
    assertThat(result.err()).isEmpty();
    TransformerConfig ar = ModelFolder.open(out()).config().requireAr("test");
    assertThat(ar.sequence().blockSize()).isEqualTo(16);
    assertThat(ar.dropout().tokenDropoutP()).isZero();
  }

  @Test
  void wrongSize_isRefusedWithTheNames() {
    Cli.Result result = Cli.run("convert", "--ar", AR, "-o", "ar.n_layer=2", "--out", "" + out());
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("missing", "layers.1.");
    assertThat(out()).doesNotExist();
  }

  @Test
  void partsThatDontBelongTogether_areRefused() {
    Cli.Result result =
        Cli.run(
            "convert",
            "--tokenizer",
            TOKENIZER,
            "--ar",
            AR,
            "--block-size",
            "8",
            "--out",
            "" + out());
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("block_size", "num_all_queries");
  }

  @Test
  void swappedParts_areRefused() {
    Cli.Result result = Cli.run("convert", "--tokenizer", AR, "--out", "" + out());
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("it holds a transformer: give it as --ar");
    Cli.Result other = Cli.run("convert", "--ar", TOKENIZER, "--out", "" + out());
    assertThat(other.err()).contains("it holds a tokenizer: give it as --tokenizer");
  }

  @Test
  void transformerOfOtherCodes_isRefused() throws IOException {
    Path config = temp.resolve("other.yaml");
    String yaml =
        Yaml.toYaml(new ModelConfig(0, tokenizer(), Optional.empty(), List.of(), Optional.empty()));
    Files.writeString(config, yaml.replace("vq_codebook_size: 32", "vq_codebook_size: 64"));
    Cli.Result result =
        Cli.run(
            "convert",
            "--tokenizer",
            TOKENIZER,
            "--config",
            "" + config,
            "--ar",
            AR,
            "--out",
            "" + out());
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .hasLineCount(1)
        .contains("knows 32 codes and the tokenizer makes 64", "trained together");
  }

  private Optional<TokenizerConfig> tokenizer() {
    Cli.run("convert", "--tokenizer", TOKENIZER, "--out", "" + temp.resolve("first"));
    return ModelFolder.open(temp.resolve("first")).config().tokenizer();
  }

  @Test
  void existingModel_needsForce() {
    String[] command = {"convert", "--ar", AR, "--out", "" + out()};
    assertThat(Cli.run(command).code()).isZero();
    Cli.Result again = Cli.run(command);
    assertThat(again.code()).isEqualTo(2);
    assertThat(again.err()).contains("is not empty", "--force");

    assertThat(Cli.run("convert", "--tokenizer", TOKENIZER, "--out", "" + out(), "--force").code())
        .isZero();
    assertThat(out().resolve("tokenizer.safetensors")).exists();
    assertThat(out().resolve("ar.safetensors")).doesNotExist();
  }

  @Test
  void classes_areReadFromAFile() throws IOException {
    Path names = temp.resolve("names.txt");
    Files.writeString(names, "ant\nbee\n\ncat\ndog\n");
    Cli.run("convert", "--ar", AR, "--classes", "" + names, "--out", "" + out());
    assertThat(ModelFolder.open(out()).config().classes())
        .containsExactly("ant", "bee", "cat", "dog");
  }
}
