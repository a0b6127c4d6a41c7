package io.github.dar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.dar.config.ModelConfig;
import io.github.dar.config.RunConfig;
import io.github.dar.config.TokenLayout;
import io.github.dar.config.Yaml;
import io.github.dar.data.ImageSources;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The quickstart as short as it can be: pictures of nothing, but every part of it. */
class QuickstartCommandTest {

  private static Cli cli() {
    return new Cli().at(Path.of(""));
  }

  @Test
  @Tag("e2e")
  void quickstart_makesThePage_andGoesOnWhereItStopped(@TempDir Path folder) throws Exception {
    Path out = folder.resolve("with blank");
    String[] command = {"quickstart", "--minutes", "0.05", "--out", out.toString(), "--json"};

    Cli.Result first = cli().execute(command);

    assertThat(first.err()).contains("[1/7] train the tokenizer", "[7/7]");
    assertThat(first.code()).as(first.err()).isZero();
    String page = Files.readString(out.resolve("index.html"));
    // The pictures' letters may spell anything.
    assertThat(page.replaceAll("base64,[A-Za-z0-9+/=]+", ""))
        .contains("dar train-tokenizer --config configs/quickstart.yaml", "dar eval-fid", "<svg")
        .contains("class=\"flipbook\"", "red circle on plain")
        .doesNotContain("not measured", "NaN");
    JsonNode log = new ObjectMapper().readTree(first.out()).path("log");
    assertThat(log.path("steps").size()).isEqualTo(7);

    // As if it had been stopped after the transformer: the rest is done again, with the same
    // result.
    Path file = out.resolve("quickstart.json");
    var shorter = (ObjectNode) log.deepCopy();
    ((ObjectNode) shorter.path("steps")).retain("tokenizer", "codes", "ar");
    Files.writeString(file, shorter.toString());
    Cli.Result again = cli().execute(command);
    assertThat(again.code()).as(again.err()).isZero();
    assertThat(again.err()).doesNotContain("[3/7]").contains("[4/7]");
    JsonNode redone = new ObjectMapper().readTree(again.out()).path("log");
    assertThat(redone.at("/steps/evaluate/result/metrics"))
        .isEqualTo(log.at("/steps/evaluate/result/metrics"));

    Cli.Result other = cli().execute("quickstart", "--minutes", "0.06", "--out", out.toString());
    assertThat(other.code()).isEqualTo(2);
    assertThat(other.err()).contains("was begun with minutes 0.05, not 0.06", "--fresh");
  }

  @Test
  void folderOfSomethingElse_isLeftAlone(@TempDir Path folder) throws Exception {
    Path precious = Files.writeString(folder.resolve("thesis.txt"), "words");
    for (List<String> more : List.of(List.<String>of(), List.of("--fresh"))) {
      List<String> all = new ArrayList<>(List.of("quickstart", "--out", folder.toString()));
      all.addAll(more);
      Cli.Result result = cli().execute(all.toArray(String[]::new));
      assertThat(result.code()).isEqualTo(2);
      assertThat(result.err()).contains("is there and no quickstart's; give another folder");
    }
    assertThat(precious).exists();
  }

  @Test
  void startStoppedAtOnce_isKnownAgain_andFreshDeletesItsOwnOnly(@TempDir Path folder)
      throws Exception {
    Path out = folder.resolve("q");
    TokenLayout tokens =
        Yaml.read(Path.of("configs/quickstart.yaml"), RunConfig.class)
            .model()
            .requireTokenizer("test")
            .tokens();
    QuickstartSteps steps = new QuickstartSteps(Path.of("p.yaml"), tokens, 8, out, List.of());
    QuickstartLog.open(steps, false);
    Files.createDirectories(steps.probe());
    Path precious = Files.writeString(out.resolve("notes.txt"), "words");

    assertThat(QuickstartLog.open(steps, false).isDone(steps.codes())).isFalse();
    QuickstartLog.open(steps, true);
    assertThat(steps.probe()).doesNotExist();
    assertThat(precious).exists();
  }

  @Test
  void wrongMinutes_areRefused() {
    assertThat(cli().execute("quickstart", "--minutes", "0").err()).contains("give more than 0");
    assertThat(cli().execute("quickstart", "--minutes", "NaN").err()).contains("give more than 0");
  }

  @Test
  void brokenLog_isNamed(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("quickstart.json"), "{\"minutes\":");
    Cli.Result result = cli().execute("quickstart", "--out", folder.toString());
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("quickstart.json is broken; --fresh starts over");
  }

  @Test
  void preset_hasTheClassesOfItsData() {
    ModelConfig model = Yaml.read(Path.of("configs/quickstart.yaml"), RunConfig.class).model();
    assertThat(model.classes())
        .isEqualTo(ImageSources.open("shapes:backgrounds=1", 16, 0).classNames());
  }
}
