package io.github.dar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;

class CompletionCommandTest {

  /** What bash sets before it asks, and how it asks. */
  private static final String ASK =
      """
      . "$1"
      shift
      COMP_WORDS=("$@")
      COMP_CWORD=$(($# - 1))
      _complete_dar dar
      echo "${COMPREPLY[*]}"
      """;

  @TempDir private Path folder;

  private static String run(Path script, List<String> command) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .redirectOutput(script.resolveSibling("answer").toFile())
            .start();
    assertThat(process.waitFor()).isZero();
    return Files.readString(script.resolveSibling("answer")).strip();
  }

  private static boolean has(String shell) {
    try {
      return new ProcessBuilder(shell, "-c", "exit 0").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "dar train-                | train-tokenizer train-ar",
        "dar sample --prev         | --preview-every",
        "dar sample --device _     | auto cpu cuda",
        "dar sample --precision _  | auto fp32 bf16 int8",
        "dar sample --sampler _    | adams2 euler",
        "dar eval-fid --features _ | inception bundled",
        "dar eval-fid --protocol a | adm",
        "dar tokenize --crops _    | one ten",
        "dar bench --size _        | B L XL XXL",
        "dar fetch inc             | inception",
        "dar completion _          | bash zsh"
      })
  void bash_completes(String words, String expected) throws Exception {
    assumeTrue(has("bash"), "this machine has no bash");
    Path script = folder.resolve("dar.bash");
    Files.writeString(script, Cli.run("completion", "bash").out());
    List<String> command = new ArrayList<>(List.of("bash", "-c", ASK, "ask", "" + script));
    for (String word : words.split(" ")) {
      command.add(word.equals("_") ? "" : word);
    }
    assertThat(run(script, command)).isEqualTo(expected);
  }

  @Test
  void script_leavesPathsToTheShell() {
    for (String shell : List.of("bash", "zsh")) {
      Cli.Result result = Cli.run("completion", shell);
      assertThat(result.code()).isZero();
      assertThat(result.out())
          .contains("complete -F", "train-tokenizer", "--preview-every")
          .doesNotContain("compopt +o default");
    }
  }

  /** As a file of its own that zsh finds, which it reads as a whole at the first completion. */
  @Test
  void zsh_findsIt() {
    assertThat(Cli.run("completion", "zsh").out())
        .startsWith("#compdef dar\n")
        .doesNotContain("alias compopt")
        .endsWith("_bash_complete -o default -F _complete_dar\nfi\n");
  }

  /** Picocli keeps the values by the label: two of one label would have the same. */
  @Test
  void labels_areOfOneListOfValuesEach() {
    PrintStream nowhere =
        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    CommandLine dar =
        Dar.commandLine(new Console(nowhere, nowhere, false, false, 80, Path.of(""), Map.of()));
    for (CommandLine command : dar.getSubcommands().values()) {
      Map<String, String> labels = new HashMap<>();
      for (ArgSpec arg : command.getCommandSpec().args()) {
        if (arg.completionCandidates() != null) {
          String values = String.join(" ", arg.completionCandidates());
          String before = labels.putIfAbsent(arg.paramLabel(), values);
          assertThat(before).as(arg + " of " + command.getCommandName()).isIn(null, values);
        }
      }
    }
  }
}
