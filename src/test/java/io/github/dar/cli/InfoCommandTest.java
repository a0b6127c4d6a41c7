package io.github.dar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dar.data.RgbImage;
import io.github.dar.data.TokenCodes;
import io.github.dar.view.Pngs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InfoCommandTest {

  private static final String NPY = "src/test/resources/io/github/dar/weights/npy/";

  @TempDir private Path folder;

  private static JsonNode json(String... args) throws IOException {
    Cli.Result result = Cli.run(args);
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    return new ObjectMapper().readTree(result.out());
  }

  @Test
  void checkpoint_isListedAsATree() throws IOException {
    Cli.Result result = Cli.run("info", Cli.checkpoint("0000520.pt"));
    assertThat(result.code()).isZero();
    assertThat(result.out())
        .contains("model/patchify.weight = F32[64, 3, 8, 8]")
        .contains("config/model/vq_codebook_size = 32")
        .contains("steps = 520");

    JsonNode fields = json("info", "--json", Cli.checkpoint("0000520.pt"));
    assertThat(fields.at("/kind").asText()).isEqualTo("checkpoint");
    assertThat(fields.at("/entries/steps").asInt()).isEqualTo(520);
    assertThat(fields.at("/tensors").has("ema/patchify.bias")).isTrue();
  }

  @Test
  void largeBranchOfACheckpoint_isCountedUnlessAskedFor() throws IOException {
    Path file = folder.resolve("large.pt");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry("large/data.pkl"));
      zip.write(pickled("many", 500));
    }
    String shown = Cli.run("info", file.toString()).out();
    assertThat(shown).contains("many: 500 entries; --tensors lists them").doesNotContain("many/7");
    assertThat(Cli.run("info", "--tensors", file.toString()).out()).contains("many/499 = 7");
    assertThat(json("info", "--json", file.toString()).at("/entries").size()).isEqualTo(500);
  }

  /** {@code {branch: {"0": 7, "1": 7, ..}}}. */
  private static byte[] pickled(String branch, int entries) {
    StringBuilder out = new StringBuilder("\u0080\u0002}" + text(branch) + "}(");
    for (int i = 0; i < entries; i++) {
      out.append(text(Integer.toString(i))).append("K\u0007");
    }
    return out.append("us.").toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String text(String value) {
    return "X" + (char) value.length() + "\0\0\0" + value;
  }

  @Test
  void arrays_areNamedWithTypeAndShape() throws IOException {
    assertThat(Cli.run("info", NPY + "codes.npy").out()).contains("I64[1, 10, 64]");
    assertThat(Cli.run("info", NPY + "images.npz").out()).contains("arr_0  U8[6, 32, 32, 3]");
    assertThat(Cli.run("info", Cli.checkpoint("ar_expected.safetensors")).out())
        .contains("logits")
        .contains("F32[2, 16, 32]");
  }

  @Test
  void codes_areCounted() throws IOException {
    Path file = folder.resolve("codes.npz");
    new TokenCodes(new long[][] {{1, 2, 2}, {7, 1, 1}}, new long[] {0, 1}).write(file);
    JsonNode fields = json("info", "" + file, "--json");
    assertThat(fields.get("images").asInt()).isEqualTo(2);
    assertThat(fields.get("tokens_an_image").asInt()).isEqualTo(3);
    assertThat(fields.get("largest_code").asInt()).isEqualTo(7);
    assertThat(fields.get("different_codes").asInt()).isEqualTo(3);
  }

  @Test
  void dataSource_isCountedByClass() throws IOException {
    JsonNode fields = json("info", "shapes:#0:30", "--json");
    assertThat(fields.get("kind").asText()).isEqualTo("data");
    assertThat(fields.get("images").asInt()).isEqualTo(30);
    int sum = 0;
    for (JsonNode count : fields.get("classes")) {
      sum += count.asInt();
    }
    assertThat(sum).isEqualTo(30);
    assertThat(Cli.run("info", "shapes:#0:30").out()).contains("images: 30");
  }

  @Test
  void dataSource_showsSizesAndTheClassOrder_firstAndLast() throws IOException {
    for (int i = 0; i < 25; i++) {
      Path file = folder.resolve("set/%c/%d.png".formatted('a' + i, i));
      Files.createDirectories(file.getParent());
      Pngs.write(file, new RgbImage(6 + i % 2, 5, new byte[(6 + i % 2) * 5 * 3]));
    }
    Files.writeString(folder.resolve("set/a/bad.png"), "no image");
    Cli.Result result = Cli.run("info", "" + folder.resolve("set"));
    assertThat(result.out())
        .contains("26 images in 25 class folders", "sizes of 26 of them: 6x5 (13), 7x5 (12)")
        .contains("widths 6 to 7, heights 5 to 5", "bad.png: not an image")
        .contains("classes, in the order of their numbers: 25", "  0 a: 2", "  9 j: 1")
        .contains("  ... 5 more; --json has all", "  24 y: 1")
        .doesNotContain("  10 k");
    JsonNode fields = json("info", "" + folder.resolve("set"), "--json");
    assertThat(fields.at("/class_names/10").asText()).isEqualTo("k");
    assertThat(fields.at("/class_counts/0").asInt()).isEqualTo(2);
    assertThat(fields.at("/sizes/6x5").asInt()).isEqualTo(13);
    assertThat(fields.get("unreadable")).hasSize(1);
  }

  @Test
  void imagesInNpz_areADataSource() throws IOException {
    JsonNode fields = json("info", "npz:" + NPY + "images.npz", "--json");
    assertThat(fields.get("images").asInt()).isEqualTo(6);
    assertThat(fields.at("/sizes/32x32").asInt()).isEqualTo(6);
  }

  @Test
  void config_isResolved() {
    assertThat(Cli.run("info", "configs/fashion-mnist.yaml").out())
        .contains("queries_per_step: 8", "rope_base_len");
  }

  @Test
  void run_hasItsStepAndLastMetrics() throws IOException {
    Files.writeString(
        folder.resolve("metrics.jsonl"), "{\"step\":10,\"loss\":2}\n{\"step\":20,\"loss\":1.5}\n");
    Files.copy(Path.of("configs/fashion-mnist.yaml"), folder.resolve("config.yaml"));
    Files.createDirectories(folder.resolve("checkpoints/00000020"));
    JsonNode fields = json("info", "" + folder, "--json");
    assertThat(fields.get("kind").asText()).isEqualTo("run");
    assertThat(fields.get("step").asInt()).isEqualTo(20);
    assertThat(fields.at("/last/loss").asDouble()).isEqualTo(1.5);
    assertThat(fields.at("/checkpoints/0").asText()).isEqualTo("00000020");
  }

  @Test
  void unknownFile_isRefused() {
    Cli.Result result = Cli.run("info", "pom.xml");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("no kind of file that dar knows");
  }
}
