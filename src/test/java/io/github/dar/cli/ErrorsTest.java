package io.github.dar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** What is wrong is said in one line that names it, with exit code 2. */
class ErrorsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "                             | which command",
        "smaple                       | did you mean sample?",
        "nonsense                     | unknown command nonsense",
        "info --jsn x                 | unknown option --jsn; did you mean --json?",
        "info                         | PATH|SRC",
        "info a b                     | unexpected argument b",
        "info wds:0.tar wds:1.tar     | shells expand braces: quote the source",
        "info no/such                 | no/such: there is no such folder",
        "info shapes: --threads x     | '--threads': 'x' is not a whole number",
        "info shapes: --threads -1    | --threads -1: give 1 or more",
        "info shapes: --seed -1       | --seed -1: give 0 or more",
        "info shapes: --precision f16 | --precision f16: unknown; use auto, fp32, bf16 or, to sample, int8",
        "tokenize --precision int8 --tokenizer x --data y --out z | only sampling",
        "completion fish              | there are bash and zsh",
        "plot no/such                 | no/such",
        "convert --out x              | give --tokenizer, --ar or both",
        "convert --ar no.pt --out x/y | no.pt does not exist",
        "sample                       | give --model DIR or set DAR_MODEL",
        "sample --model no/such       | no/such",
        "sample --count x             | '--count'",
        "train-tokenizer --config no.yaml --data shapes: --out x | no.yaml: no such file",
        "train-ar --config no.yaml --tokenizer x --out x         | no.yaml: no such file",
        "reconstruct --data shapes:   | '--tokenizer=DIR'",
        "reconstruct --tokenizer no/such --data shapes:          | no/such",
        "tokenize --tokenizer no/such --data shapes: --out x.npz | no/such",
        "detokenize --tokenizer no/such --codes c --out x.npz    | no/such"
      })
  void wrongUsage_isOneLineAndCode2(String args, String expected) {
    Cli.Result result = Cli.run(args == null ? new String[0] : args.split(" +"));

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).startsWith("dar").contains(expected);
    assertThat(result.err().lines()).hasSize(1);
  }

  @Test
  void verbose_showsTheStackTraceToo() {
    Cli.Result result = Cli.run("info", "no/such", "-v");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("UserException", "\tat ", "dar: no/such");
  }

  /** A command that fails as it is told. */
  @Command(name = "fail")
  private static final class Failing extends DarCommand {
    private final Exception failure;

    Failing(Console console, Exception failure) {
      super(console);
      this.failure = failure;
    }

    @Override
    void run() throws Exception {
      throw failure;
    }
  }

  private static Cli.Result fail(Exception failure, String... more) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
    Console console = new Console(stream, stream, false, false, 80, Path.of(""), Map.of());
    CommandLine dar = Dar.commandLine(console).addSubcommand(new Failing(console, failure));
    String[] args = Stream.concat(Stream.of("fail"), Stream.of(more)).toArray(String[]::new);
    return new Cli.Result(dar.execute(args), "", err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void failureOfTheProgram_isCode1AndSaysHowToSeeMore() {
    Cli.Result result = fail(new IllegalStateException("broken\ninside"));
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).contains("broken inside", "run again with -v").hasLineCount(1);
    assertThat(fail(new IllegalStateException("x"), "-v").err()).contains("\tat ");
  }

  @Test
  void interruption_isCode130() {
    assertThat(fail(new InterruptedException()).code()).isEqualTo(130);
  }

  @Test
  void pathThatIsNone_isOneLineToo() {
    Cli.Result result = Cli.run("info", "no\0such");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).startsWith("dar: ");
  }

  @Test
  void libraryPathWithoutLibtorch_isNotIgnored(@TempDir Path folder) {
    Cli.run("convert", "--ar", Cli.checkpoint("ar_bare.pt"), "--out", folder + "/m");
    Cli.Result result =
        new Cli()
            .with("PYTORCH_LIBRARY_PATH", "" + folder)
            .execute("sample", "--tokens-only", "--model", folder + "/m", "--out", folder + "/s");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("holds no libtorch");
  }

  @Test
  void evilCheckpoint_isRefused() {
    Cli.Result result = Cli.run("info", Cli.checkpoint("evil_system.pt"));
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("evil_system.pt is refused");
  }

  @Test
  void trainTokenizer_misspeltKey_isNamedWithItsNearest(@TempDir Path folder) throws IOException {
    Path yaml = folder.resolve("bad.yaml");
    Files.writeString(
        yaml,
        Files.readString(Path.of("configs/fashion-mnist.yaml"))
            .replace("encoder_dim", "encoder_dmi"));
    Cli.Result result =
        Cli.run(
            "train-tokenizer", "--config", "" + yaml, "--data", "shapes:", "--out", "" + folder);
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("bad.yaml", "encoder_dmi", "encoder_dim");
  }
}
