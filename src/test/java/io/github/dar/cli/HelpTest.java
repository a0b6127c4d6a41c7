package io.github.dar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Help texts: there, whole, and the same as what the documentation shows. */
class HelpTest {

  private static final Set<String> COMMON =
      Set.of("--device", "--precision", "--threads", "--seed", "-v", "-q", "--json", "--help");

  static CommandLine dar() {
    PrintStream nowhere =
        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    return Dar.commandLine(new Console(nowhere, nowhere, false, false, 100, Path.of(""), Map.of()));
  }

  private static Stream<String> commands() {
    return dar().getSubcommands().keySet().stream().filter(name -> !name.equals("help"));
  }

  @Test
  void dar_help_listsCommandsAndExitCodes() {
    Cli.Result result = Cli.run("--help");
    assertThat(result.code()).isZero();
    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .contains("Usage: dar", "130", "interrupted", "wrong usage")
        .contains(commands().toList());
  }

  @Test
  void dar_version_namesEverythingBelow() {
    Cli.Result result = Cli.run("--version");
    assertThat(result.code()).isZero();
    assertThat(result.out())
        .matches("dar .*\\RDJL \\d.*\\Rlibtorch \\d.*\\RJava \\d.*\\RSystem \\S.*\\R");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void command_help_hasTheCommonOptionsAndFits(String command) {
    Cli.Result result = Cli.run(command, "--help");
    assertThat(result.code()).isZero();
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).startsWith("Usage: dar " + command).contains(COMMON);
    assertThat(result.out().lines()).allMatch(line -> line.length() <= 100);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void command_options_areAllDescribed(String command) {
    CommandLine line = dar().getSubcommands().get(command);
    assertThat(line.getCommandSpec().options())
        .allSatisfy(
            option -> assertThat(option.description()).as(option.longestName()).isNotEmpty());
  }

  @Test
  void reconstruct_help_namesAllMetricsAndTheirDefaults() {
    assertThat(Cli.run("reconstruct", "--help").out().replaceAll("\\s+", " "))
        .contains("Some of fid, sfid, is, psnr, ssim, lpips, codebook, and script-psnr")
        .contains("Default: fid, psnr, ssim, lpips, codebook.", "Default: out/reconstruct.")
        .contains("--features", "--protocol", "--weights-dir", "--previews", "--npz");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "README.md",
        "docs/gpu.md",
        "docs/guide.md",
        "docs/library.md",
        "docs/install.md",
        "docs/shapes.md",
        "docs/formats.md",
        "docs/design.md",
        "docs/training.md",
        "docs/fashion-mnist.md",
        "docs/benchmarks.md",
        "docs/evaluation.md"
      })
  void documentation_showsCommandsThatExist(String file) throws IOException {
    CommandLine dar = dar();
    for (List<String> words : commandsIn(Path.of(file))) {
      String name = words.get(0);
      if (name.startsWith("-")) {
        continue;
      }
      assertThat(dar.getSubcommands()).as(file + ": dar " + words).containsKey(name);
      CommandLine command = dar.getSubcommands().get(name);
      for (String word : words.subList(1, words.size())) {
        if (word.startsWith("-")) {
          assertThat(command.getCommandSpec().optionsMap().keySet())
              .as(file + ": dar " + words)
              .contains(word.split("=")[0]);
        }
      }
    }
  }

  /** The lines of code blocks that run dar, continued lines joined. */
  private static List<List<String>> commandsIn(Path file) throws IOException {
    String text = Files.readString(file).replace("\\\n", " ");
    List<List<String>> commands = new ArrayList<>();
    boolean code = false;
    for (String line : text.lines().toList()) {
      if (line.startsWith("```")) {
        code = !code;
      } else if (code && line.strip().matches("(\\S+=\\S+ )*(\\./)?dar .*")) {
        String words = line.strip().replaceFirst("(\\S+=\\S+ )*(\\./)?dar ", "");
        commands.add(List.of(words.replaceFirst("\\s#.*", "").strip().split("\\s+")));
      }
    }
    return commands;
  }
}
