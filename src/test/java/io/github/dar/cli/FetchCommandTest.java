package io.github.dar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dar.testing.FileServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code dar fetch} from a server on loopback. */
class FetchCommandTest {

  private static final byte[] WEIGHTS = "weights".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path folder;

  @Test
  void list_showsWhatThereIs() throws Exception {
    Files.createFile(folder.resolve("dinov2_vitb14_pretrain.pth"));
    Cli.Result result = Cli.run("fetch", "--list", "--weights-dir", "" + folder);
    assertThat(result.code()).isZero();
    assertThat(result.out())
        .startsWith(folder.toString())
        .contains("  vgg16 ", "553 MB, BSD-3-Clause", "* dinov2 ", "inception", "dar-tokenizer");
    Cli.Result json = Cli.run("fetch", "--list", "--json", "--weights-dir", "" + folder);
    assertThat(json.out())
        .startsWith("[")
        .contains("\"name\" : \"vgg16\"", "\"there\" : true", "\"size\" : 553433881");
  }

  @Test
  void name_isDownloadedIntoTheFolderOfTheEnvironment() {
    try (FileServer server = new FileServer(WEIGHTS)) {
      Cli cli = new Cli().with("DAR_WEIGHTS", "" + folder);
      String url = server.url("/file").toString();
      Cli.Result first = cli.execute("fetch", "dar-l", "--url", url);
      assertThat(first.code()).as(first.err()).isZero();
      Path file = folder.resolve("D-AR-L-360K.pt");
      assertThat(file).hasBinaryContent(WEIGHTS);
      assertThat(first.out()).startsWith(file + "  sha256 ");
      assertThat(first.err()).contains("states no SHA-256");
      Cli.Result again = cli.execute("fetch", "dar-l", "--url", url, "--json", "-q");
      assertThat(again.out())
          .contains("\"downloaded\" : false", "\"checked\" : false", "\"file\" : \"" + file);
      assertThat(again.err()).isEmpty();
      assertThat(server.ranges()).hasSize(1);
    }
  }

  @Test
  void wrongContent_isRefusedInOneLine() {
    try (FileServer server = new FileServer(WEIGHTS)) {
      Cli.Result result =
          Cli.run(
              "fetch", "vgg16", "--weights-dir", "" + folder, "--url", "" + server.url("/file"));
      assertThat(result.code()).isEqualTo(2);
      assertThat(result.out()).isEmpty();
      assertThat(result.err())
          .contains("gave another file than expected", "not 397923af8e79")
          .doesNotContain("Exception");
      assertThat(folder).isEmptyDirectory();
    }
  }

  @Test
  void wrongUse_isRefused() {
    assertRefused("fetch what?", "fetch");
    assertRefused("did you mean 'vgg16'?", "fetch", "vgg61");
    assertRefused("one NAME", "fetch", "vgg16", "dinov2", "--url", "file:///tmp/x");
  }

  private static void assertRefused(String message, String... args) {
    Cli.Result result = Cli.run(args);
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains(message);
    assertThat(result.err().lines()).hasSize(1);
  }
}
