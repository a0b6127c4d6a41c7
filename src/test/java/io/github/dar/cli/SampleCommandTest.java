package io.github.dar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dar.weights.Npy;
import io.github.dar.weights.Npz;
import io.github.dar.weights.NpzWriter;
import io.github.dar.weights.SafeTensors;
import io.github.dar.weights.TensorFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sampling, tokenizing and detokenizing with the reference's tiny checkpoints. */
class SampleCommandTest {

  @TempDir private static Path shared;

  @TempDir private Path temp;

  @BeforeAll
  static void convert() throws IOException {
    Path names = shared.resolve("names.txt");
    Files.writeString(names, "ant\nbee\nblue jay, bird\ndog\n");
    Cli.Result result =
        Cli.run(
            "convert",
            "-q",
            "--tokenizer",
            Cli.checkpoint("0000520.pt"),
            "--ar",
            Cli.checkpoint("ar_orig_mod.pt"),
            "--classes",
            "" + names,
            "--out",
            "" + model());
    assertThat(result.err()).isEmpty();
  }

  private static Path model() {
    return shared.resolve("model");
  }

  private Cli.Result sample(String... more) {
    List<String> args = new ArrayList<>(List.of("sample", "--model", "" + model()));
    args.addAll(List.of("--precision", "fp32", "-q"));
    args.addAll(List.of(more));
    return Cli.run(args.toArray(String[]::new));
  }

  private static long[] array(Path file, String name) {
    try (TensorFile npz = Npz.open(file)) {
      return npz.get(name).toLongs();
    }
  }

  @Test
  void folder_hasImagesPreviewsSheetAndTokens() throws IOException {
    Path out = temp.resolve("s");
    Cli.Result result =
        sample(
            "--class",
            "bee,3",
            "--count",
            "2",
            "--preview-every",
            "4",
            "--out",
            "" + out,
            "--json");

    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    try (Stream<Path> files = Files.list(out)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .contains("sample-000000.png", "sample-000003.png", "sample-000000-at-004.png")
          .contains("sample-000003-at-012.png", "grid.png", "preview.gif", "tokens.npz");
    }
    assertThat(array(out.resolve("tokens.npz"), "classes")).containsExactly(1, 1, 3, 3);
    assertThat(array(out.resolve("tokens.npz"), "codes")).hasSize(4 * 16);
    JsonNode fields = new ObjectMapper().readTree(result.out());
    assertThat(fields.get("images")).hasSize(4);
    assertThat(fields.get("seconds").asDouble())
        .isGreaterThan(fields.get("seconds_to_first_preview").asDouble());
  }

  @Test
  void sampling_isTheModelsWhereNobodySays() {
    String[] recommended = {"-o", "sampling.temperature=0", "-o", "sampling.cfg=[1, 3]"};
    long[] own = codes("own", recommended);
    assertThat(own).isEqualTo(codes("said", "--temperature", "0", "--cfg", "1:3"));
    assertThat(own).isNotEqualTo(codes("usual"));
    String[] said = {recommended[0], recommended[1], "--temperature", "1"};
    assertThat(codes("over", said)).isEqualTo(codes("usual"));
  }

  private long[] codes(String folder, String... more) {
    List<String> args =
        new ArrayList<>(List.of("--class", "2", "--out", "" + temp.resolve(folder)));
    args.addAll(List.of(more));
    assertThat(sample(args.toArray(String[]::new)).code()).isZero();
    return array(temp.resolve(folder).resolve("tokens.npz"), "codes");
  }

  @Test
  void image_isTheSameInAnyBatchAndCount() throws IOException {
    Path a = temp.resolve("a");
    Path b = temp.resolve("b");
    assertThat(sample("--class", "2", "--count", "3", "--out", "" + a).code()).isZero();
    assertThat(sample("--class", "2", "--count", "2", "--batch", "1", "--out", "" + b).code())
        .isZero();
    long[] three = array(a.resolve("tokens.npz"), "codes");
    long[] two = array(b.resolve("tokens.npz"), "codes");
    assertThat(two).isEqualTo(Arrays.copyOf(three, two.length));
  }

  @Test
  void tokensOnly_needsNoTokenizer() {
    Path ar = temp.resolve("ar");
    Cli.run(
        "convert", "--ar", Cli.checkpoint("ar_bare.pt"), "--block-size", "16", "--out", "" + ar);
    Path out = temp.resolve("t");
    Cli.Result result =
        Cli.run("sample", "--model", "" + ar, "--tokens-only", "--out", "" + out, "-q");
    assertThat(result.err()).isEmpty();
    assertThat(out.resolve("tokens.npz")).exists();
    assertThat(out.resolve("grid.png")).doesNotExist();
  }

  @Test
  void npz_isOneFileThatOnlyTheSameCommandGoesOnWith() {
    Path whole = temp.resolve("whole.npz");
    String[] command = {"--class", "all", "--count", "2", "--batch", "3", "--npz", "" + whole};
    assertThat(sample(command).code()).isZero();
    assertThat(array(whole, "labels")).containsExactly(0, 0, 1, 1, 2, 2, 3, 3);
    assertThat(sample(command).err()).contains("is there and complete");

    Path other = temp.resolve("other.npz");
    EvaluationFile.open(other, "another job", new long[8], 64).close();
    Cli.Result refused = sample("--class", "1", "--npz", "" + other);
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err()).contains("begun by another command");
  }

  @Test
  void layout_keepsTheFirstTokens() {
    Path first = temp.resolve("first");
    Path second = temp.resolve("second");
    assertThat(sample("--class", "0", "--out", "" + first).code()).isZero();
    String image = "" + first.resolve("sample-000000.png");
    assertThat(
            sample("--class", "1", "--layout", image, "--layout-tokens", "8", "--out", "" + second)
                .code())
        .isZero();
    Path codes = temp.resolve("codes.npz");
    Cli.run(
        "tokenize",
        "--tokenizer",
        "" + model(),
        "--precision",
        "fp32",
        "--data",
        "" + imageFolder(first),
        "--out",
        "" + codes);
    assertThat(Arrays.copyOf(array(second.resolve("tokens.npz"), "codes"), 8))
        .isEqualTo(Arrays.copyOf(array(codes, "codes"), 8));
  }

  private Path imageFolder(Path sampled) {
    Path folder = temp.resolve("images/one");
    try {
      Files.createDirectories(folder);
      Files.copy(sampled.resolve("sample-000000.png"), folder.resolve("a.png"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return folder.getParent();
  }

  @Test
  void show_drawsInTheTerminal() {
    Cli.Result result =
        new Cli()
            .onTerminal()
            .with("DAR_MODEL", "" + model())
            .execute("sample", "--class", "dog", "--show", "--out", "" + temp.resolve("s"));
    assertThat(result.code()).isZero();
    assertThat(result.err()).contains("▀", "\u001b[48;2;");
  }

  @ParameterizedTest
  @CsvSource({
    "--preview-every 4, true",
    "--preview-every 4 --no-show, false",
    "--preview-every 4 --count 5, false",
    "--preview-every 4 --quiet, false",
    "--count 1, false"
  })
  void previewsOfFewImages_drawInTheTerminal(String args, boolean drawn) {
    List<String> words = new ArrayList<>(List.of("sample", "--class", "dog"));
    words.addAll(List.of(args.split(" ")));
    words.addAll(List.of("--out", "" + temp.resolve("s")));
    Cli cli = new Cli().onTerminal().with("DAR_MODEL", "" + model());
    Cli.Result result = cli.execute(words.toArray(String[]::new));
    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.err().contains("▀")).isEqualTo(drawn);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--class be               | did you mean 'bee'?",
        "--class 4                | the model has the classes 0 to 3",
        "--class dog,             | a class is missing",
        "--preview-every 3        | multiple of 4",
        "--count 0                | --count 0",
        "--cfg x                  | 'x' is not a scale",
        "--temperature -1         | temperature -1.0",
        "--top-p 2                | top-p 2.0",
        "--layout-tokens 3        | belong together",
        "--tokens-only --show     | --tokens-only makes no images",
        "--sampler heun           | give one of adams2, euler",
        "-o tokenizer.vq_dmi=3    | vq_dim"
      })
  void wrongInput_isOneLine(String args, String expected) {
    Cli.Result result = sample(args.split(" +"));
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains(expected);
    assertThat(result.err().lines()).hasSize(1);
  }

  @Test
  void className_mayHoldACommaAndAnyCase() {
    Cli.Result result =
        sample("--class", "blue jay, bird", "--tokens-only", "--out", "" + temp.resolve("n"));
    assertThat(result.code()).isZero();
    assertThat(array(temp.resolve("n/tokens.npz"), "classes")).containsExactly(2);
    assertThat(sample("--class", "BEE", "--tokens-only", "--out", "" + temp.resolve("m")).code())
        .isZero();
  }

  @Test
  void detokenize_isTheReferencesImage() {
    Path codes = temp.resolve("reference.npz");
    Path noise = temp.resolve("noise.npy");
    Path raw = temp.resolve("raw.npz");
    try (TensorFile expected =
            SafeTensors.open(Path.of(Cli.checkpoint("tokenizer_expected.safetensors")));
        NpzWriter npz = NpzWriter.stored(codes)) {
      npz.write("codes", expected.get("codes"));
      npz.commit();
      Npy.write(noise, expected.get("noise"));
      Cli.Result result =
          Cli.run(
              "detokenize",
              "--tokenizer",
              "" + model(),
              "--codes",
              "" + codes,
              "--noise",
              "" + noise,
              "--raw",
              "--precision",
              "fp32",
              "--out",
              "" + raw);
      assertThat(result.code()).as(result.err()).isZero();
      try (TensorFile images = Npz.open(raw)) {
        float[] ours = images.get("images").toFloats();
        float[] theirs = expected.get("image_from_ema").toFloats();
        for (int i = 0; i < theirs.length; i++) {
          assertThat(ours[i]).isCloseTo(theirs[i], within(2e-4f));
        }
      }
    }
  }
}
