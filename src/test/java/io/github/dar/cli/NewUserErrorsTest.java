package io.github.dar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a new user gets wrong, one by one, and the line that dar says: the thing and the mend.
 *
 * <p>A disk that fills up while training is {@link DiskTest}'s, the end of a training {@link
 * KillTest}'s.
 */
class NewUserErrorsTest {

  @TempDir private static Path folder;

  @BeforeAll
  static void makeWhatIsWrong() throws IOException {
    Files.writeString(at("names.txt"), "ant\nbee\nblue jay\ndog\n");
    Cli.Result made =
        Cli.run(
            "convert",
            "-q",
            "--tokenizer",
            Cli.checkpoint("0000520.pt"),
            "--ar",
            Cli.checkpoint("ar_orig_mod.pt"),
            "--classes",
            "" + at("names.txt"),
            "--out",
            "" + at("model"));
    assertThat(made.err()).isEmpty();

    Files.createDirectories(at("empty"));
    Files.writeString(at("file"), "x");
    Files.writeString(at("text.png"), "hello");
    Files.createDirectories(at("texts/a"));
    Files.writeString(at("texts/a/x.png"), "hello");
    // Named .png, but a JPEG.
    Files.createDirectories(at("jpegs/a"));
    BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
    assertThat(ImageIO.write(image, "jpg", at("jpegs/a/x.png").toFile())).isTrue();

    Path cut = copyOfModel("cut").resolve("ar.safetensors");
    byte[] whole = Files.readAllBytes(cut);
    Files.write(cut, Arrays.copyOf(whole, whole.length / 2));
    Path sizes = copyOfModel("sizes").resolve("config.yaml");
    String yaml = Files.readString(sizes);
    assertThat(yaml).contains("n_layer: ");
    Files.writeString(sizes, yaml.replaceFirst("n_layer: \\d+", "n_layer: 7"));
    Path tabs = copyOfModel("tabs").resolve("config.yaml");
    Files.writeString(tabs, Files.readString(tabs) + "\tx: 1\n");
    Path typo = copyOfModel("typo").resolve("config.yaml");
    Files.writeString(typo, Files.readString(typo).replace("n_layer:", "n_layers:"));
  }

  private static Path at(String name) {
    return folder.resolve(name);
  }

  private static Path copyOfModel(String name) throws IOException {
    Files.createDirectories(at(name));
    for (String file : List.of("config.yaml", "ar.safetensors", "tokenizer.safetensors")) {
      Files.copy(at("model").resolve(file), at(name).resolve(file));
    }
    return at(name);
  }

  /** Runs a command whose words may name a file of this test as {@code @name}. */
  private static Cli.Result run(String command) {
    List<String> args = new ArrayList<>();
    for (String word : command.split(" +")) {
      args.add(word.equals("''") ? "" : word.replace("@", folder + "/"));
    }
    args.add("-q");
    return Cli.run(args.toArray(String[]::new));
  }

  private static void assertOneLine(Cli.Result result, String expected) {
    assertThat(result.err()).contains(expected.replace("@", folder + "/")).hasLineCount(1);
    assertThat(result.err()).startsWith("dar").doesNotContain("Exception", "java.");
    assertThat(result.out()).isEmpty();
    assertThat(result.code()).isEqualTo(2);
  }

  @ParameterizedTest(name = "dar {0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "sample --class elephant | --class elephant: no such class; there are ant, bee, blue jay, dog",
        "sample --class bea      | --class bea: no such class; did you mean 'bee'?",
        "sample --class 5000     | --class 5000: the model has the classes 0 to 3; give one of them",
        "sample --class ''       | --class '': a class is missing; give ids or names",
        "sample --class 1,,2     | --class '1,,2': a class is missing; give ids or names",
        "sample --count 0        | --count 0: give 1 or more",
        "sample --batch 0        | --batch 0: give 1 or more",
        "sample --cfg abc        | guidance 'abc' is not a scale; write 4.0, or 1.2:8.0",
        "sample --cfg 1:2:3      | guidance '1:2:3' is not a scale; write 4.0, or 1.2:8.0",
        "sample --cfg-until 17   | --cfg-until 17: the model has 16 tokens an image; give 0 to 16",
        "sample --cfg-until -1   | --cfg-until -1: the model has 16 tokens an image; give 0 to 16",
        "sample --temperature x  | '--temperature': 'x' is not a number; see dar sample --help",
        "sample --seed x         | '--seed': 'x' is not a whole number; see dar sample --help",
        "sample --preview-every 5 | --preview-every 5: give a multiple of 4, the tokens of one",
        "sample --sampler heun   | give one of adams2, euler, not 'heun'; see dar sample --help",
        "sample --layout @no.png --layout-tokens 4   | @no.png: there is no such image file; check",
        "sample --layout @text.png --layout-tokens 4 | @text.png: not an image; dar reads PNG, JPEG",
        "sample --layout @empty --layout-tokens 4    | @empty: is a folder; give an image file",
        "sample --out @file      | --out @file: can't be made (@file is a file where a folder is",
        "sample --out @file/x    | --out @file/x: can't be made (",
        "sample --npz @file/x.npz | --npz @file: can't be made (@file is a file where a folder is",
        "sample --npz @empty     | --npz @empty: is a folder; give a file",
        "sample --device cuda:99 | device cuda:99: this program sees",
        "sample --device cuda:99999999999 | --device cuda:99999999999: unknown; use auto, cpu, cuda",
        "sample --device gpu     | --device gpu: unknown; use auto, cpu, cuda or cuda:1",
        "sample --precision fp16 | --precision fp16: unknown; use auto, fp32, bf16 or, to sample, int8",
        "sample -o ar.n_layr=3   | -o ar.n_layr=3: unknown key 'n_layr' in ar; did you mean 'n_layer'?",
        "sample -o ar.dim        | -o ar.dim: write -o key.path=value",
        "sample -o ar.dim=abc    | -o ar.dim=abc: ar.dim is 'abc'; it must be a whole number"
      })
  void sample(String command, String expected) {
    assertOneLine(run(command + " --model @model"), expected);
  }

  @ParameterizedTest(name = "dar sample --model {0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "no/such | no/such is no folder; give a model folder or a finished run",
        "@file   | @file is no folder; give a model folder or a finished run",
        "@empty  | @empty holds no model: config.yaml and tokenizer.safetensors or ar.safetensors",
        "@jpegs  | @jpegs holds no model: config.yaml and tokenizer.safetensors or ar.safetensors",
        "@cut    | @cut/ar.safetensors is not a complete safetensors file: its header promises",
        "@sizes  | the weights in @sizes/ar.safetensors don't fit the model:",
        "@tabs   | not valid YAML: found character '\\t(TAB)'",
        "@typo   | did you mean 'n_layer'?"
      })
  void model(String model, String expected) {
    assertOneLine(run("sample --out @out --model " + model), expected);
  }

  @ParameterizedTest(name = "dar {0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "--data @empty    | @empty: the folder holds no images (PNG, JPEG, WebP, GIF, BMP, TIFF); name",
        "--data @none     | @none: there is no such folder; give DIR, idx:PATH-PREFIX",
        "--data @file     | @file: is a file, not a folder; give DIR, idx:PATH-PREFIX",
        "--data idx:@no   | there is no file @no-images-idx3-ubyte or @no-images-idx3-ubyte.gz",
        "--data npz:@file | @file is cut off or damaged",
        "--data foo:x     | foo: is not a kind of source; write DIR, idx:PATH-PREFIX",
        "--data @texts    | --max-bad-fraction 0.01 allows: @texts/a/x.png: not an image; dar reads"
      })
  void data(String data, String expected) {
    assertOneLine(run("tokenize --tokenizer @model --out @c.npz " + data), expected);
  }

  @ParameterizedTest(name = "dar {0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "fetch inceptoin                     | inceptoin: no such weights; did you mean 'inception'?",
        "fetch vgg16 --weights-dir @file     | @file is a file where a folder is needed; mend that or",
        "fetch vgg16 --weights-dir @file/x   | ; mend that or give another --weights-dir",
        "fetch vgg16 --url a:b:c             | a:b:c: give a URL that starts with http, https or file",
        "train-tokenizer --config @model/config.yaml --data shapes: --out @r | a section",
        "train-tokenizer --config configs/shapes.yaml --data shapes: --out @r -o x.y=1 | unknown key 'x'",
        "train-tokenizer --config configs/shapes.yaml --data @empty --out @r | the folder holds no",
        "train-tokenizer --config configs/shapes.yaml --data shapes: --out @file | @file: is a file; give",
        "train-tokenizer --config @empty --data shapes: --out @r             | is a folder; give a YAML",
        "convert --ar @file --out @m   | @file is not a PyTorch checkpoint; check the path or download",
        "detokenize --tokenizer @model --codes @file --out @i.npz            | @file is cut off or",
        "plot @empty                   | can't read the metrics @empty/metrics.jsonl: give the folder",
        "info @file                    | @file: is no kind of file that dar knows; give",
        "man smaple                    | man smaple: no such command; did you mean 'sample'?",
        "help nonsense                 | Unknown subcommand 'nonsense'; see dar --help"
      })
  void others(String command, String expected) {
    if (command.startsWith("help")) {
      Cli.Result result = Cli.run(command.split(" "));
      assertOneLine(result, expected);
    } else {
      assertOneLine(run(command), expected);
    }
  }

  /** What a file holds decides, not its name. */
  @Test
  void jpegNamedPng_isReadAsWhatItIs() {
    Cli.Result result = run("tokenize --tokenizer @model --data @jpegs --out @jpegs.npz");
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).contains("jpegs.npz: 1 image, 16 tokens each");
    assertThat(result.code()).isZero();
  }

  /** The line that says what was chosen tells whether this processor has it. */
  @Test
  void bf16_isRefusedWhereTheProcessorLacksIt() {
    Cli.Result auto =
        Cli.run("sample", "--model", "" + at("model"), "--device", "cpu", "--out", "" + at("a"));
    assertThat(auto.code()).isZero();
    Cli.Result bf16 = run("sample --device cpu --precision bf16 --out @b --model @model");
    if (auto.err().contains("this processor has no bf16 arithmetic")) {
      assertOneLine(bf16, "precision bf16: this processor has no bf16 arithmetic; use fp32 or");
    } else {
      assertThat(auto.err()).contains("this processor has bf16 arithmetic");
      assertThat(bf16.code()).isZero();
    }
  }

  /** Even for root, who may write wherever permissions are all that is in the way. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void noWritePermission_isSaidBeforeTheWorkBegins() {
    assertOneLine(run("sample --out /sys/dar --model @model"), "--out /sys/dar: can't be made (");
    // Whether the system says so beforehand differs between machines.
    Cli.Result file = run("tokenize --tokenizer @model --data shapes:#0:1 --out /sys/c.npz");
    assertOneLine(file, "/sys");
    assertThat(file.err())
        .containsPattern("is not writable; give another|can't be written \\(.*\\); mend that");
    assertOneLine(
        run("fetch vgg16 --weights-dir /sys/dar"), "mend that or give another --weights-dir");
  }

  @Test
  @Tag("e2e")
  @DisabledOnOs(OS.WINDOWS)
  void noSpace_isOneLine() throws Exception {
    List<String> args =
        List.of("sample", "--model", "" + at("model"), "--npz", at("full.npz") + "", "-q");
    // In blocks of 512 bytes, of which an image of 64x64 takes 24.
    ChildProcess child = ChildProcess.start(at("log.txt"), List.of("ulimit -f 8"), args);
    assertThat(child.await()).as(child.output()).isEqualTo(2);
    assertThat(child.output()).hasLineCount(1).startsWith("dar: ").contains("File too large");
  }

  /** Ctrl-C; that a training goes on afterwards is shown where it is killed. */
  @Test
  @Tag("e2e")
  @DisabledOnOs(OS.WINDOWS)
  void ctrlC_isOneLineAndCode130() throws Exception {
    String command = "sample --count 100000 --tokens-only -q --model " + at("model");
    List<String> args = new ArrayList<>(List.of(command.split(" ")));
    args.addAll(List.of("--out", "" + at("endless")));
    ChildProcess child = ChildProcess.start(at("log.txt"), args);
    Thread.sleep(3000);
    assertThat(child.interrupt()).isEqualTo(130);
    assertThat(child.output().strip()).hasLineCount(1).startsWith("dar: interrupted; ");
  }
}
