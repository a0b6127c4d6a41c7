package io.github.dar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dar.weights.HostTensor;
import io.github.dar.weights.NpzWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Evaluations by the features that ship, as a user runs them. */
class EvalFidCommandTest {

  @TempDir private static Path shared;

  @TempDir private Path temp;

  @BeforeAll
  static void convert() {
    Cli.Result result =
        Cli.run(
            "convert",
            "-q",
            "--tokenizer",
            Cli.checkpoint("0000520.pt"),
            "--ar",
            Cli.checkpoint("ar_orig_mod.pt"),
            "--out",
            "" + shared.resolve("model"));
    assertThat(result.err()).isEmpty();
    statistics("narrow.npz", 4);
    statistics("wide.npz", 128);
  }

  private static void statistics(String name, int width) {
    try (NpzWriter npz = NpzWriter.stored(shared.resolve(name))) {
      npz.write("mu", HostTensor.of(new double[width], width));
      npz.write("sigma", HostTensor.of(new double[width * width], width, width));
      npz.commit();
    }
  }

  private Cli.Result eval(String... more) {
    List<String> args = new ArrayList<>(List.of("eval-fid", "-q"));
    args.addAll(List.of(more));
    addUnlessGiven(args, "--features", "bundled");
    addUnlessGiven(args, "--out", "" + temp);
    return Cli.run(args.toArray(String[]::new));
  }

  private static void addUnlessGiven(List<String> args, String option, String value) {
    if (!args.contains(option)) {
      args.addAll(List.of(option, value));
    }
  }

  private JsonNode results() throws IOException {
    return new ObjectMapper().readTree(Files.readString(temp.resolve("results.json")));
  }

  private static double metric(JsonNode results, String name) {
    return StreamSupport.stream(results.get("metrics").spliterator(), false)
        .filter(metric -> metric.get("name").asText().equals(name) && !metric.has("steps"))
        .findFirst()
        .orElseThrow()
        .get("value")
        .asDouble();
  }

  @Test
  void aSetAgainstItself_isAtNoDistance() throws IOException {
    Cli.Result result =
        eval("--samples", "shapes:#0:40", "--ref", "shapes:#0:40", "--metrics", "fid,sfid,pr,is");

    assertThat(result.err()).isEmpty();
    assertThat(result.out()).contains("FD-bundled", "precision-bundled", "warning: ");
    assertThat(result.out()).doesNotContain("FID ");
    JsonNode results = results();
    assertThat(metric(results, "fd_bundled")).isCloseTo(0, within(1e-3));
    assertThat(metric(results, "sfd_bundled")).isCloseTo(0, within(1e-3));
    assertThat(metric(results, "precision_bundled")).isEqualTo(1);
    assertThat(results.at("/samples/count").asInt()).isEqualTo(40);
    assertThat(results.at("/features/sha256").asText()).hasSize(64);
    assertThat(results.at("/versions/libtorch").asText()).isNotEmpty();
    assertThat(temp).isDirectoryNotContaining("glob:**.features");
  }

  @Test
  void savedStatistics_giveTheSameDistance() throws IOException {
    Path saved = temp.resolve("ref.npz");
    eval("--samples", "shapes:#0:30", "--ref", "shapes:#100:160", "--save-ref", "" + saved);
    double direct = metric(results(), "fd_bundled");

    Cli.Result again = eval("--samples", "shapes:#0:30", "--ref", "" + saved, "--metrics", "fid");

    assertThat(again.err()).isEmpty();
    assertThat(metric(results(), "fd_bundled")).isEqualTo(direct).isPositive();
    assertThat(results().at("/reference/count").asInt()).isEqualTo(60);
  }

  @Test
  void aModel_isMeasuredWithoutWritingPictures() throws IOException {
    String[] args = {
      "--model",
      "" + shared.resolve("model"),
      "--count",
      "6",
      "--ref",
      "shapes:size=200#0:10",
      "--metrics",
      "fid",
      "--previews",
      "--batch",
      "4",
      "--precision",
      "fp32"
    };
    Cli.Result result = eval(args);

    assertThat(result.err()).isEmpty();
    assertThat(result.out()).contains("gFD-bundled", "after 1 step ", "after 3 steps");
    JsonNode results = results();
    assertThat(results.at("/comparison").asText()).isEqualTo("GENERATION");
    assertThat(results.at("/sampling/classes").asText()).isEqualTo("balanced");
    assertThat(results.at("/reference").toString()).contains("center ");
    assertThat(results.get("metrics")).hasSize(4);
    assertThat(temp).isDirectoryNotContaining("glob:**.png");

    double first = metric(results, "fd_bundled");
    eval(args);
    assertThat(metric(results(), "fd_bundled")).isEqualTo(first);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--ref shapes:                                  | either --samples SRC or --model DIR",
        "--samples shapes: --model x --ref shapes:      | either --samples SRC or --model DIR",
        "--samples no/such --ref shapes:                | no/such",
        "--samples shapes:#0:4 --ref no.npz             | no.npz",
        "--samples NARROW --ref shapes:                 | are --samples and --ref swapped?",
        "--samples shapes:#0:4 --ref NARROW --metrics fid | 4 features an image, the network gives",
        "--samples shapes:#0:4 --ref WIDE --metrics pr  | has statistics and no images",
        "--samples shapes:#0:4 --ref WIDE --metrics sfid | has no mu_s and sigma_s",
        "--samples shapes:#0:1 --ref shapes:#0:4        | here is one",
        "--samples shapes:#0:4 --ref shapes:#0:4 --metrics fdi | did you mean 'fid'?",
        "--samples shapes:#0:4 --ref shapes:#0:4 --metrics pr,kid --size 0 | --size 0",
        "--samples shapes:#0:4 --ref shapes:#0:4 --classes even | --classes even",
        "--samples shapes:#0:4 --ref shapes:#0:4 --previews | --previews needs --model",
        "--samples shapes:#0:4 --ref shapes:#0:4 --protocol adm | leave it out",
        "--samples shapes:#0:4 --ref shapes:#0:4 --features inception | dar fetch inception",
        "--samples shapes:#0:4 --ref shapes:#0:4 --features my.pt | my.pt: no such file",
        "--samples shapes:#0:4 --ref shapes:#0:4 --out pom.xml/x | pom.xml",
      })
  void wrongInput_isOneLine(String args, String expected) {
    Cli.Result result =
        eval(
            args.replace("NARROW", "" + shared.resolve("narrow.npz"))
                .replace("WIDE", "" + shared.resolve("wide.npz"))
                .split(" +"));

    assertThat(result.err()).startsWith("dar").contains(expected);
    assertThat(result.err().lines()).hasSize(1);
    assertThat(result.code()).isEqualTo(2);
    assertThat(temp.resolve("results.json")).doesNotExist();
  }
}
