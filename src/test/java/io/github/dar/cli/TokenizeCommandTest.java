package io.github.dar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dar.data.RgbImage;
import io.github.dar.view.Pngs;
import io.github.dar.weights.Npz;
import io.github.dar.weights.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a model that ships: 64 tokens of 256 codes. */
class TokenizeCommandTest {

  private static final String MODEL = "models/fashion-mnist";

  @TempDir private static Path folder;

  @BeforeAll
  static void fiveImages() throws IOException {
    for (int i = 0; i < 5; i++) {
      byte[] rgb = new byte[40 * 36 * 3];
      for (int k = 0; k < rgb.length; k++) {
        rgb[k] = (byte) (k / 3 % 40 * (i + 1) * 3);
      }
      Path file = folder.resolve("set/%d/%d.png".formatted(i % 2, i));
      Files.createDirectories(file.getParent());
      Pngs.write(file, new RgbImage(40, 36, rgb));
    }
  }

  private static Cli.Result tokenize(Path data, Path out, String... more) {
    String[] args = {
      "tokenize", "--tokenizer", MODEL, "--data", "" + data, "--out", "" + out, "-q"
    };
    String[] all = java.util.Arrays.copyOf(args, args.length + more.length);
    System.arraycopy(more, 0, all, args.length, more.length);
    return Cli.run(all);
  }

  @Test
  void oneCrop_isWhatScriptsExpect() {
    Path out = folder.resolve("one.npz");
    Cli.Result result = tokenize(folder.resolve("set"), out, "--raw");
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).isEqualTo(out + ": 5 images, 64 tokens each\n");
    try (TensorFile npz = Npz.open(out)) {
      assertThat(npz.names()).containsExactly("codes", "labels", "latents");
      assertThat(npz.get("codes")).hasToString("I64[5, 64]");
      assertThat(npz.get("labels").toLongs()).containsExactly(0, 0, 0, 1, 1);
      assertThat(npz.get("latents")).hasToString("F32[5, 64, 8]");
    }
  }

  @Test
  void tenCrops_arePacked() throws IOException {
    Path out = folder.resolve("ten.npz");
    Cli.Result result = tokenize(folder.resolve("set"), out, "--crops", "ten", "--json");
    assertThat(result.out()).contains("\"crops\" : 10", "\"skipped\" : 0");
    try (TensorFile npz = Npz.open(out)) {
      assertThat(npz.get("codes")).hasToString("U16[5, 10, 64]");
    }
    assertThat(Cli.run("info", "" + out).out()).contains("crops an image: 10");
  }

  @Test
  void damagedImage_isSkippedWithinTheAllowedPart() throws IOException {
    Path data = folder.resolve("damaged");
    for (int i = 0; i < 4; i++) {
      Files.createDirectories(data);
      Files.copy(folder.resolve("set/0/0.png"), data.resolve(i + ".png"));
    }
    byte[] png = Files.readAllBytes(data.resolve("1.png"));
    Files.write(data.resolve("1.png"), java.util.Arrays.copyOf(png, png.length / 2));
    Path out = folder.resolve("damaged.npz");
    Cli.Result refused = tokenize(data, out);
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err())
        .contains("1 of 4 images can't be read, more than --max-bad-fraction 0.01 allows")
        .contains("1.png")
        .hasLineCount(1);
    assertThat(out).doesNotExist();
    Cli.Result result = tokenize(data, out, "--max-bad-fraction", "0.3");
    assertThat(result.out()).isEqualTo(out + ": 3 images, 64 tokens each; skipped 1\n");
    try (TensorFile npz = Npz.open(out)) {
      assertThat(npz.get("indices").toLongs()).containsExactly(0, 2, 3);
    }
  }

  @Test
  void wrongOptions_areRefused() {
    Path out = folder.resolve("never.npz");
    assertThat(tokenize(folder.resolve("set"), out, "--crops", "six").err())
        .contains("--crops six: unknown; use one or ten");
    assertThat(tokenize(folder.resolve("set"), out, "--max-bad-fraction", "2").err())
        .contains("--max-bad-fraction 2.0: give 0 to 1");
  }
}
