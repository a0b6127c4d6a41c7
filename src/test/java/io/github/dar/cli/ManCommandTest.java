package io.github.dar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManCommandTest {

  @TempDir private Path folder;

  @Test
  void page_hasWhatHelpHas() {
    String page = Cli.run("man", "sample").out();
    assertThat(page)
        .startsWith(".TH \"DAR\\-SAMPLE\" 1 ")
        .contains("\ndar\\-sample \\- generates images of classes")
        .contains(".SH SYNOPSIS\n.HP\n\\fBdar sample\\fR [\\-\\-model DIR]")
        .contains(".TP\n\\fB\\-\\-count\\fR=\\fIN\\fR\nImages a class")
        .contains("Default: adams2.")
        .contains(".TP\n\\fB130\\fR\ninterrupted")
        .contains("\\fBdar\\fR(1)")
        .doesNotContain("${", "%n");
  }

  @Test
  void dar_listsCommandsAndEnvironment() {
    Cli.Result result = Cli.run("man");
    assertThat(result.code()).isZero();
    assertThat(result.out())
        .startsWith(".TH \"DAR\" 1 ")
        .contains("\\fBdar\\-train\\-ar\\fR(1)", "DAR_MODEL")
        .doesNotContain("dar\\-help");
  }

  /** A line that begins with a dot or an apostrophe would be taken for a command of roff. */
  @Test
  void lines_areTextOrKnownMacros() {
    for (String command : List.of("sample", "completion", "man", "fetch", "eval-fid")) {
      assertThat(Cli.run("man", command).out().lines())
          .filteredOn(line -> line.startsWith(".") || line.startsWith("'"))
          .allMatch(line -> line.matches("\\.(TH .*|SH [A-Z ]+|HP|TP|PP|RS 4|RE|nf|fi)"));
    }
  }

  @Test
  void out_getsAPageForEachCommand() throws IOException {
    Cli.Result result = Cli.run("man", "--out", folder + "/man1");
    assertThat(result.code()).isZero();
    try (Stream<Path> files = Files.list(folder.resolve("man1"))) {
      assertThat(files.map(file -> "" + file.getFileName()))
          .contains("dar.1", "dar-sample.1", "dar-man.1")
          .doesNotContain("dar-help.1");
    }
    assertThat(folder.resolve("man1/dar-sample.1")).hasContent(Cli.run("man", "sample").out());
  }
}
