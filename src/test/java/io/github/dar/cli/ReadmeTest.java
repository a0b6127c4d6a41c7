package io.github.dar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README says is so. */
class ReadmeTest {

  /** What a command is given besides, so that it is done in seconds. */
  private static final Map<String, String> SHORTER =
      Map.of(
          "train-tokenizer", "-o tokenizer_training.steps=2 -o tokenizer_training.batch=4",
          "train-ar", "-o ar_training.steps=2 -o ar_training.batch=4");

  /** Commands that need what a test can't have, or that have a test of their own. */
  private static final List<String> ELSEWHERE =
      List.of("D-AR-", "imagenet", "VIRTUAL_", "dar quickstart");

  private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)(#[^)]*)?\\)");

  @TempDir private Path folder;
  private int outputs;

  /** A few random pictures in place of Fashion-MNIST. */
  @BeforeEach
  void writeData() throws IOException {
    int count = 30;
    for (String name : List.of("train", "t10k")) {
      writeIdx(name + "-images-idx3-ubyte", count, 28, 28);
      writeIdx(name + "-labels-idx1-ubyte", count);
    }
  }

  private void writeIdx(String name, int... shape) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(0x0800 | shape.length);
    int values = 1;
    for (int side : shape) {
      out.writeInt(side);
      values *= side;
    }
    for (int i = 0; i < values; i++) {
      out.writeByte(shape.length == 1 ? i % 10 : i * 7);
    }
    Files.write(folder.resolve(name), bytes.toByteArray());
  }

  @Test
  @Tag("e2e")
  void commands_doWhatTheySay() throws IOException {
    List<String> ran = new ArrayList<>();
    for (String line : commands()) {
      if (ELSEWHERE.stream().noneMatch(line::contains)) {
        Cli.Result result = new Cli().at(Path.of("")).execute(here(line).split(" "));
        assertThat(result.code()).as(line + "\n" + result.err()).isZero();
        ran.add(line.split(" ")[1]);
      }
    }
    assertThat(ran)
        .containsExactly(
            "sample", "train-tokenizer", "train-ar", "sample", "plot", "eval-fid", "reconstruct");
    assertThat(folder.resolve("out1")).isDirectoryContaining("glob:**/sample-000000.png");
    assertThat(folder.resolve("runs/ar/curves.png")).exists();
  }

  /** The command with its files in the test's folder, and little to do. */
  private String here(String line) {
    String name = line.split(" ")[1];
    String words =
        line.substring("./dar ".length())
            .replace("data/fashion-mnist/", folder + "/")
            .replace(" runs/", " " + folder + "/runs/")
            .replace("--count 10000", "--count 20")
            .replace(" --show", "");
    if (!words.contains("--out") && !name.equals("plot")) {
      outputs++;
      words += " --out " + folder.resolve("out" + outputs);
    }
    return (words + " " + SHORTER.getOrDefault(name, "")).strip();
  }

  private static List<String> commands() throws IOException {
    List<String> found = new ArrayList<>();
    boolean code = false;
    for (String line : Files.readAllLines(Path.of("README.md"))) {
      if (line.startsWith("```")) {
        code = line.equals("```sh");
      } else if (code && line.startsWith("./dar ")) {
        found.add(line);
      }
    }
    return found;
  }

  @Test
  void table_hasAllCommands() throws IOException {
    List<String> listed =
        Files.readAllLines(Path.of("README.md")).stream()
            .filter(line -> line.matches("\\| `dar [a-z].*"))
            .map(line -> line.replaceFirst("^\\| `dar ([a-z-]+)`.*", "$1"))
            .toList();
    assertThat(listed)
        .containsExactlyInAnyOrderElementsOf(
            HelpTest.dar().getSubcommands().keySet().stream()
                .filter(name -> !name.equals("help"))
                .toList());
  }

  @Test
  void links_leadSomewhere() throws IOException {
    List<Path> pages = new ArrayList<>(List.of(Path.of("README.md")));
    try (Stream<Path> docs = Files.list(Path.of("docs"))) {
      docs.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
    }
    for (Path page : pages) {
      Matcher links = LINK.matcher(Files.readString(page));
      while (links.find()) {
        assertThat(page.resolveSibling(links.group(1))).as(page + " links to it").exists();
      }
    }
  }

  @Test
  void libraryExample_isTheOneThatRuns() throws IOException {
    String block = Files.readString(Path.of("README.md")).split("```java\n")[1].split("```")[0];
    assertThat(Files.readString(Path.of("docs/library.md"))).contains(block);
  }
}
