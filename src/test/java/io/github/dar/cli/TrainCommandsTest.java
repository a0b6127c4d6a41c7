package io.github.dar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dar.config.RunConfig;
import io.github.dar.config.Yaml;
import io.github.dar.data.RgbImage;
import io.github.dar.model.ModelFolder;
import io.github.dar.testing.TinyRun;
import io.github.dar.view.Pngs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both trainings as their users see them: dry runs, summaries, starting points, refusals. */
class TrainCommandsTest {

  @TempDir static Path folder;

  private static Path config;
  private static Path tokenizer;
  private static Cli.Result first;

  @BeforeAll
  static void trainTokenizer() throws IOException {
    config = folder.resolve("tiny.yaml");
    Files.writeString(config, Yaml.toYaml(TinyRun.config()));
    tokenizer = folder.resolve("tokenizer");
    first = trainTokenizer("" + tokenizer, "--json");
  }

  private static Cli.Result run(String command, List<String> options, String... more) {
    List<String> args = new ArrayList<>(List.of(command, "--config", "" + config));
    args.addAll(options);
    args.addAll(List.of(more));
    return Cli.run(args.toArray(String[]::new));
  }

  private static Cli.Result trainTokenizer(String out, String... more) {
    return run("train-tokenizer", List.of("--data", "shapes:#0:10", "--out", out), more);
  }

  private static Cli.Result trainAr(String out, String... more) {
    return run(
        "train-ar",
        List.of("--data", "shapes:#0:10", "--tokenizer", "" + tokenizer, "--out", out),
        more);
  }

  private static String free(String name) {
    return folder.resolve(name).toString();
  }

  private static void refused(Cli.Result result, String... words) {
    assertThat(result.code()).as(result.err()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    String[] lines = result.err().split("\n");
    assertThat(lines[lines.length - 1]).startsWith("dar: ").contains(words);
    assertThat(result.err()).doesNotContain("\tat ", "Exception");
  }

  @Test
  void training_endsWithASummary() throws IOException {
    assertThat(first.code()).as(first.err()).isZero();
    assertThat(first.err())
        .contains("326.0k parameters", "flow ", "img/s", "codebook used", "ETA", "lr 1.00e-3");
    JsonNode summary = new ObjectMapper().readTree(first.out());
    assertThat(summary.path("steps").asInt()).isEqualTo(6);
    assertThat(summary.path("resumed_from").asInt()).isZero();
    assertThat(summary.path("images").asInt()).isEqualTo(24);
    assertThat(summary.path("last").path("loss").asDouble()).isPositive();
    assertThat(summary.path("last").path("tokens_per_second").asDouble()).isPositive();
  }

  @Test
  void dryRun_isAConfigurationWithComments_andWritesNothing() {
    String out = free("never");
    Cli.Result result = trainTokenizer(out, "--dry-run", "-o", "tokenizer_training.steps=50");
    assertThat(result.code()).as(result.err()).isZero();
    RunConfig resolved = Yaml.parse(result.out(), "stdout", RunConfig.class);
    assertThat(resolved).isEqualTo(TinyRun.config("tokenizer_training.steps=50"));
    assertThat(result.out())
        .contains(
            "# 326.0k parameters: encoder 72.0k, condition decoder 116.4k, codebook 128, diffusion decoder 137.5k",
            "of memory: weights 1 MB, gradients 1 MB, moments 2 MB, average 1 MB",
            "# 50 steps of 4 images: 200 images, 20.00 epochs of 10");
    assertThat(Path.of(out)).doesNotExist();
  }

  @Test
  void dryRun_asJson_andWithWhatItWouldStartFrom() throws IOException {
    String out = free("never-ar");
    Cli.Result result =
        run(
            "train-tokenizer",
            List.of("--data", "shapes:#0:10", "--out", out),
            "--dry-run",
            "--json",
            "--init",
            "" + tokenizer);
    assertThat(result.code()).as(result.err()).isZero();
    JsonNode json = new ObjectMapper().readTree(result.out());
    assertThat(json.path("config").path("image_size").asInt()).isEqualTo(16);
    assertThat(json.path("parameters").asLong()).isBetween(325_000L, 327_000L);
    assertThat(json.path("memory_bytes").path("total").asLong()).isPositive();
    assertThat(json.path("epochs").asDouble()).isEqualTo(2.4);
    assertThat(json.path("init").path("new")).isEmpty();
    assertThat(Path.of(out)).doesNotExist();
  }

  @Test
  void init_startsFromOtherWeights_andAResumedRunDoesNotLookAtThem() {
    String out = free("finetuned");
    Cli.Result started = trainTokenizer(out, "--init", "" + tokenizer, "--keep", "1");
    assertThat(started.code()).as(started.err()).isZero();
    assertThat(started.err()).contains("100.0% of the values are taken over");
    assertThat(Path.of(out, "checkpoints")).isDirectoryContaining("glob:**/00000006");
    assertThat(Path.of(out, "checkpoints")).isDirectoryNotContaining("glob:**/00000003");

    Cli.Result again =
        trainTokenizer(out, "--init", "" + tokenizer, "-o", "tokenizer_training.steps=7");
    assertThat(again.code()).as(again.err()).isZero();
    assertThat(again.err()).contains("goes on from", "00000006; --init", "is not looked at");
    assertThat(again.out()).isEqualTo(out + ": 7 steps\n");
    assertThat(trainTokenizer(out, "-o", "tokenizer_training.steps=7").out())
        .contains("7 steps were done before", "-o tokenizer_training.steps=N");
  }

  @Test
  void init_readsPublishedCheckpoints_withOtherClassesAndCodes() {
    Cli.Result ar = trainAr(free("n"), "--init", Cli.checkpoint("ar_orig_mod.pt"), "--dry-run");
    assertThat(ar.code()).as(ar.err()).isZero();
    assertThat(ar.out())
        .contains(
            "#   taken over: 8 of 11 tensors",
            "cls_embedding.embedding_table.weight, 5 of 1001 rows, by the numbers of the classes",
            "tok_embeddings.weight, 16 of 16 rows, by their numbers")
        .doesNotContain("#   new:");
    Cli.Result tok = trainTokenizer(free("n"), "--init", Cli.checkpoint("0000520.pt"), "--dry-run");
    assertThat(tok.code()).as(tok.err()).isZero();
    assertThat(tok.out()).contains("#   new: ", "quantize.embedding.weight, 16 of 16 rows");
  }

  @Test
  void otherData_isAnotherRun() {
    Cli.Result result =
        run("train-tokenizer", List.of("--data", "shapes:#0:11", "--out", "" + tokenizer));
    refused(result, "trained on other data (10 images", "now 11 images", "--fresh");
  }

  @Test
  void wrongStartingPoints_areRefused() throws IOException {
    refused(trainTokenizer(free("a"), "--init", "no/such"), "--init no/such", "no such file");
    refused(trainAr(free("b"), "--init", "" + tokenizer), "--init", "has no ar.safetensors");
    Path weights = tokenizer.resolve("model/tokenizer.safetensors");
    refused(trainAr(free("c"), "--init", "" + weights), "none of its", "fits this network");
    Path torn = Files.writeString(folder.resolve("torn.pt"), "PK nothing");
    refused(trainTokenizer(free("d"), "--init", "" + torn), "torn.pt");
  }

  @Test
  void wrongOptions_areRefusedBeforeAnythingIsWritten() {
    refused(trainTokenizer(free("x"), "--keep", "0"), "--keep 0");
    refused(trainTokenizer(free("x"), "-o", "tokenizer_training.stpes=1"), "stpes");
    refused(trainAr(free("x"), "-o", "ar.block_size=16"), "ar.block_size", "16");
    refused(trainAr(free("x"), "--codes", "x.npz"), "--data", "--codes");
    refused(trainAr(free("x"), "-o", "ar.num_classes=3"), "1000 classes", "ar.num_classes");
    refused(run("train-tokenizer", List.of("--data", "no/such", "--out", free("x"))), "no/such");
    refused(
        run("train-tokenizer", List.of("--data", "shapes:", "--out", "" + config)), "is a file");
    refused(
        Cli.run("train-tokenizer", "--config", "no.yaml", "--data", "shapes:", "--out", free("x")),
        "no.yaml: no such file");
    refused(
        trainTokenizer("" + tokenizer, "-o", "tokenizer_training.lr=1"),
        "another configuration (tokenizer_training.lr: 0.001 → 1.0)",
        "--fresh");
    refused(
        trainTokenizer("" + tokenizer, "-o", "tokenizer_training.lr=1", "--dry-run"),
        "another configuration");
    assertThat(Path.of(free("x"))).doesNotExist();
  }

  @Test
  void trainAr_classesInAnotherOrder_areRefused() throws IOException {
    Path images = folder.resolve("classes");
    for (String name : List.of("cat", "dog")) {
      Files.createDirectories(images.resolve(name));
      Pngs.write(images.resolve(name + "/0.png"), new RgbImage(16, 16, new byte[16 * 16 * 3]));
    }
    List<String> options =
        List.of("--data", "" + images, "--tokenizer", "" + tokenizer, "--out", free("order"));
    String two = "ar.num_classes=2";
    refused(
        run("train-ar", options, "-o", two, "-o", "classes=[dog, cat]"),
        "'cat' is class 0 of the data, but class 1 in 'classes'",
        "dar info");
    assertThat(Path.of(free("order"))).doesNotExist();
    // Other names are names for people; without any, the folders' are taken.
    assertThat(run("train-ar", options, "-o", two, "-o", "classes=[Katze, Hund]").code()).isZero();
    List<String> unnamed = new ArrayList<>(options);
    unnamed.set(unnamed.size() - 1, free("unnamed"));
    assertThat(run("train-ar", unnamed, "-o", two).code()).isZero();
    ModelFolder trained = ModelFolder.open(Path.of(free("unnamed")));
    assertThat(trained.config().classes()).containsExactly("cat", "dog");
  }

  @Test
  void trainAr_initThatDoesntFit_leavesTheFolderFree() {
    String out = free("init");
    refused(trainAr(out, "--init", "models/fashion-mnist"), "none of its");
    assertThat(trainAr(out, "-o", "ar_training.lr=2e-3").code()).isZero();
  }

  @Test
  void info_saysWhereACheckpointStands() {
    Cli.Result result = Cli.run("info", tokenizer + "/checkpoints/00000006");
    assertThat(result.code()).isZero();
    assertThat(result.out())
        .contains("a checkpoint of a run", "step: 6", "samples: 24", "ema.safetensors: ");
  }
}
