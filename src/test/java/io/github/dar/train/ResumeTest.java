package io.github.dar.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dar.config.Fit;
import io.github.dar.config.Precision;
import io.github.dar.config.RunConfig;
import io.github.dar.config.UserException;
import io.github.dar.data.CodesFile;
import io.github.dar.data.CodesWriter;
import io.github.dar.data.ImageSource;
import io.github.dar.data.ImageTransform;
import io.github.dar.data.ShapesSource;
import io.github.dar.data.ShuffledCodes;
import io.github.dar.data.TenCrops;
import io.github.dar.data.TokenCodes;
import io.github.dar.data.TrainingCodes;
import io.github.dar.engine.Compute;
import io.github.dar.generate.Encoding;
import io.github.dar.generate.FreshCodes;
import io.github.dar.model.ModelFolder;
import io.github.dar.model.Tokenizer;
import io.github.dar.testing.Machines;
import io.github.dar.testing.TinyRun;
import io.github.dar.view.MetricsLog;
import io.github.dar.view.Progress;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that is stopped and gone on with ends bit by bit where an uninterrupted one ends. */
class ResumeTest {

  @TempDir static Path folder;

  private static Compute compute;
  private static ImageSource source;
  private static Path wholeTokenizer;

  @BeforeAll
  static void trainOnce() {
    compute = Compute.open("cpu", Precision.FP32, 1);
    source = new ShapesSource(10, 16, 0);
    wholeTokenizer = folder.resolve("tokenizer");
    tokenizer(TinyRun.config(), wholeTokenizer);
  }

  @AfterAll
  static void close() {
    compute.close();
  }

  private static Progress.Output quiet() {
    return Progress.Output.of(new PrintStream(OutputStream.nullOutputStream()), false, 80);
  }

  private static TrainingResult tokenizer(RunConfig config, Path out) {
    try (RunFolder run = RunFolder.open(out, config, TokenizerTrainer.SECTION, false)) {
      return TokenizerTrainer.run(
          compute, config, source, TinyRun.files(), run, Optional.empty(), quiet());
    }
  }

  private static TrainingResult transformer(ModelFolder tokenizer, TrainingCodes codes, Path out) {
    // Every other step sees the first tokens only.
    RunConfig config = TinyRun.config("ar_training.whole_every=2", "ar_training.prefix_tokens=3");
    try (RunFolder run = RunFolder.open(out, config, TransformerTrainer.SECTION, false)) {
      return TransformerTrainer.run(
          compute, config, tokenizer, codes, run, Optional.empty(), quiet());
    }
  }

  /** What a kill right after the checkpoint of step 3 leaves behind. */
  private static void forgetAfterStep3(Path run) throws IOException {
    try (var files = Files.walk(run.resolve("checkpoints/00000006"))) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
    Files.writeString(run.resolve("latest"), "00000003\n");
    Path half = Files.createDirectories(run.resolve("checkpoints/00000005.partial"));
    Files.writeString(half.resolve("model.safetensors"), "torn");
  }

  private static void assertSame(Path a, Path b) throws IOException {
    assertSame(a, b, "model", "ema", "optimizer");
  }

  private static void assertSame(Path a, Path b, String... names) throws IOException {
    for (String name : names) {
      String file = "checkpoints/00000006/" + name + ".safetensors";
      assertThat(Files.readAllBytes(a.resolve(file)))
          .as(name)
          .containsExactly(Files.readAllBytes(b.resolve(file)));
    }
  }

  @Test
  void tokenizerAndDiscriminator_stoppedAndResumed_areBitEqual() throws IOException {
    Machines.assumeRightConvolutions();
    RunConfig config =
        TinyRun.config(
            "tokenizer_training.losses.gan=0.5",
            "tokenizer_training.discriminator={ndf: 8, layers: 2, start_step: 2, lr: 1e-3}");
    Path whole = folder.resolve("gan");
    Path run = folder.resolve("gan-resumed");
    tokenizer(config, whole);
    tokenizer(config, run);
    forgetAfterStep3(run);
    tokenizer(config, run);
    assertSame(whole, run, "model", "ema", "optimizer", "discriminator", "discriminator-optimizer");
    // It plays from the third step on: two steps without it, of which one report tells.
    assertThat(MetricsLog.read(run.resolve("metrics.jsonl")).get("loss_discriminator").steps())
        .containsExactly(4, 6);
  }

  @Test
  void tokenizer_stoppedAndResumed_isBitEqual() throws IOException {
    Path run = folder.resolve("tokenizer-resumed");
    tokenizer(TinyRun.config(), run);
    forgetAfterStep3(run);
    tokenizer(TinyRun.config(), run);
    assertSame(wholeTokenizer, run);
    assertThat(run.resolve("checkpoints/00000005.partial")).doesNotExist();
    assertThat(MetricsLog.read(run.resolve("metrics.jsonl")).get("loss").steps())
        .containsExactly(2, 4, 6);
  }

  @Test
  void transformer_stoppedAndResumed_isBitEqualWithDropout() throws IOException {
    ModelFolder tokenizer = ModelFolder.open(wholeTokenizer);
    try (TrainingCodes codes = ahead(tokenizer)) {
      assertResumes("ar", tokenizer, codes);
    }
  }

  @Test
  void transformer_onFreshCodes_stoppedAndResumed_isBitEqual() throws IOException {
    ModelFolder tokenizer = ModelFolder.open(wholeTokenizer);
    ImageTransform random = ImageTransform.of(16, Fit.RANDOM_CROP, true);
    try (TrainingCodes codes =
        new FreshCodes(tokenizer.tokenizer(compute), new ShapesSource(10, 20, 0), random, 0)) {
      assertThat(codes.images()).isEqualTo(10);
      TokenCodes twoEpochs = codes.batch(0, 20);
      assertThat(codes.batch(7, 5).codes())
          .isDeepEqualTo(Arrays.copyOfRange(twoEpochs.codes(), 7, 12));
      assertThat(codes.batch(7, 5).labels())
          .isEqualTo(Arrays.copyOfRange(twoEpochs.labels(), 7, 12));
      assertResumes("ar-fresh", tokenizer, codes);
    }
  }

  @Test
  void tenCrops_madeAheadOrAnew_areTheSame() {
    ModelFolder tokenizer = ModelFolder.open(wholeTokenizer);
    CodesWriter.Layout layout = new CodesWriter.Layout("ten", 10, 8, 16, 0, 2);
    Path file = folder.resolve("ten.npz");
    ImageSource larger = new ShapesSource(10, 20, 0);
    try (Tokenizer network = tokenizer.tokenizer(compute);
        CodesWriter writer = CodesWriter.open(file, layout)) {
      Encoding.encode(network, larger, new TenCrops(16), layout, writer, done -> {});
      writer.finish(10);
    }
    ImageTransform one = ImageTransform.of(16, Fit.TEN_CROP, false);
    try (TrainingCodes ahead = new ShuffledCodes(CodesFile.open(file), 5);
        TrainingCodes fresh = new FreshCodes(tokenizer.tokenizer(compute), larger, one, 5)) {
      assertThat(ahead.batch(3, 30).codes()).isDeepEqualTo(fresh.batch(3, 30).codes());
      assertThat(ahead.batch(3, 30).labels()).isEqualTo(fresh.batch(3, 30).labels());
    }
  }

  private static TrainingCodes ahead(ModelFolder folderOfTokenizer) {
    CodesWriter.Layout layout = new CodesWriter.Layout("shapes", 1, 8, 16, 0, 4);
    Path file = folder.resolve("codes.npz");
    try (Tokenizer network = folderOfTokenizer.tokenizer(compute);
        CodesWriter writer = CodesWriter.open(file, layout)) {
      ImageTransform crop = ImageTransform.of(16, Fit.CROP, false);
      Encoding.encode(network, source, crop, layout, writer, done -> {});
      assertThat(writer.finish(10)).isEqualTo(10);
    }
    return new ShuffledCodes(CodesFile.open(file), 0);
  }

  private static void assertResumes(String name, ModelFolder tokenizer, TrainingCodes codes)
      throws IOException {
    Path whole = folder.resolve(name);
    Path resumed = folder.resolve(name + "-resumed");
    for (Path run : new Path[] {whole, resumed}) {
      transformer(tokenizer, codes, run);
    }
    forgetAfterStep3(resumed);
    transformer(tokenizer, codes, resumed);
    assertSame(whole, resumed);
    assertThat(ModelFolder.open(resumed).hasTokenizer()).isTrue();
    assertThat(ModelFolder.open(resumed).hasTransformer()).isTrue();
  }

  @Test
  void finishedRun_startedAgain_changesNothing() throws IOException {
    byte[] before =
        Files.readAllBytes(wholeTokenizer.resolve("checkpoints/00000006/model.safetensors"));
    tokenizer(TinyRun.config(), wholeTokenizer);
    assertThat(Files.readAllBytes(wholeTokenizer.resolve("checkpoints/00000006/model.safetensors")))
        .containsExactly(before);
  }

  @Test
  void damagedCheckpoint_isNamed_andTheOneBeforeIsGoodWithoutIt() throws IOException {
    Path run = folder.resolve("damaged");
    tokenizer(TinyRun.config(), run);
    Path newest = run.resolve("checkpoints/00000006");
    Files.writeString(newest.resolve("optimizer.safetensors"), "torn");
    assertThatThrownBy(() -> tokenizer(TinyRun.config(), run))
        .isInstanceOf(UserException.class)
        .hasMessageContainingAll("00000006 is damaged", "delete its folder");
    forgetAfterStep3(run);
    assertThat(tokenizer(TinyRun.config(), run).from()).isEqualTo(3);
    assertSame(wholeTokenizer, run);
  }

  @Test
  void startedInTheMiddleOfTheReport_saysTheSame() throws IOException {
    Path run = folder.resolve("report");
    tokenizer(TinyRun.config(), run);
    forgetAfterStep3(run);
    tokenizer(TinyRun.config(), run);
    for (String name :
        new String[] {"loss", "loss_flow", "codebook_perplexity", "dead_positions"}) {
      assertThat(MetricsLog.read(run.resolve("metrics.jsonl")).get(name).values())
          .as(name)
          .containsExactly(
              MetricsLog.read(wholeTokenizer.resolve("metrics.jsonl")).get(name).values());
    }
  }

  @Test
  void accumulation_changesTheStepOnlyByRounding() {
    Path one = folder.resolve("one-piece");
    RunConfig config = TinyRun.config("tokenizer_training.accumulate=1");
    tokenizer(config, one);
    double[] whole = MetricsLog.read(one.resolve("metrics.jsonl")).get("loss_flow").values();
    double[] parts =
        MetricsLog.read(wholeTokenizer.resolve("metrics.jsonl")).get("loss_flow").values();
    for (int i = 0; i < whole.length; i++) {
      assertThat(parts[i]).isCloseTo(whole[i], org.assertj.core.data.Percentage.withPercentage(1));
    }
  }

  @Test
  void otherConfiguration_isRefusedWithTheDifference() {
    RunConfig other = TinyRun.config("tokenizer_training.lr=2e-3");
    assertThatThrownBy(() -> tokenizer(other, wholeTokenizer))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("tokenizer_training.lr")
        .hasMessageContaining("--fresh");
  }

  @Test
  void codesOfAnotherTokenizer_areRefused() {
    TokenCodes three = new TokenCodes(new long[][] {{1, 2, 3}}, new long[] {0});
    TrainingCodes codes = new ShuffledCodes(CodesFile.of(three), 0);
    assertThatThrownBy(
            () -> TransformerTrainer.check(codes, TinyRun.config().model().requireAr("test")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("ar.block_size");
  }
}
