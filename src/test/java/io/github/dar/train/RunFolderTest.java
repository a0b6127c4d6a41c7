package io.github.dar.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dar.config.RunConfig;
import io.github.dar.config.UserException;
import io.github.dar.testing.TinyRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunFolderTest {

  private static final String SECTION = TokenizerTrainer.SECTION;

  @TempDir private Path root;

  private RunFolder open(String... overrides) {
    return RunFolder.open(root, TinyRun.config(overrides), SECTION, false);
  }

  private static void save(RunFolder folder, long step, int keep) {
    folder.checkpoint(step, keep, aside -> Files.writeString(aside.resolve("x"), "" + step));
  }

  @Test
  void checkpoint_keepsTheNewest_andLatestFollows() throws IOException {
    try (RunFolder folder = open()) {
      save(folder, 5, 2);
      save(folder, 10, 2);
      save(folder, 15, 2);
      assertThat(root.resolve("checkpoints/00000005")).doesNotExist();
      assertThat(root.resolve("checkpoints/00000010/x")).hasContent("10");
      assertThat(root.resolve("latest")).hasContent("00000015");
      assertThat(folder.latest()).contains(root.resolve("checkpoints/00000015"));
      assertThat(root.resolve("checkpoints/00000015/config.yaml"))
          .hasSameTextualContentAs(root.resolve("config.yaml"));
    }
  }

  @Test
  void checkpointOfTheSameStep_replacesIt() {
    try (RunFolder folder = open()) {
      save(folder, 5, 2);
      folder.checkpoint(5, 2, aside -> Files.writeString(aside.resolve("x"), "again"));
      assertThat(root.resolve("checkpoints/00000005/x")).hasContent("again");
      assertThat(root.resolve("checkpoints")).isDirectoryNotContaining("glob:**partial");
    }
  }

  @Test
  void failedCheckpoint_leavesTheOneBefore_andSaysSo() {
    try (RunFolder folder = open()) {
      save(folder, 5, 1);
      assertThatThrownBy(
              () ->
                  folder.checkpoint(
                      10,
                      1,
                      aside -> {
                        Files.writeString(aside.resolve("x"), "half");
                        throw new IOException("No space left on device");
                      }))
          .isInstanceOf(UserException.class)
          .hasMessageContainingAll(
              "00000010", "No space left on device", "goes on from", "00000005");
      assertThat(root.resolve("checkpoints")).isDirectoryNotContaining("glob:**/00000010*");
      assertThat(folder.latest()).contains(root.resolve("checkpoints/00000005"));
    }
  }

  @Test
  void whatAKillLeft_isRemovedOrMendedAtTheNextStart() throws IOException {
    try (RunFolder folder = open()) {
      save(folder, 5, 3);
      save(folder, 10, 3);
    }
    Path half = Files.createDirectories(root.resolve("checkpoints/00000015.partial"));
    Files.writeString(half.resolve("model.safetensors"), "torn");
    Files.createDirectories(root.resolve("checkpoints/00000001.old.partial"));
    Files.createDirectories(root.resolve("model"));
    for (String name : new String[] {".latest.", "samples/.step.png.", "model/.ar.safetensors."}) {
      Files.writeString(root.resolve(name + UUID.randomUUID()), "torn");
    }
    Files.writeString(root.resolve("latest"), "00000005\n");
    Files.writeString(root.resolve(".mine"), "the user's");
    try (RunFolder folder = open()) {
      assertThat(root.resolve("latest")).hasContent("00000010");
      assertThat(root.resolve("checkpoints")).isDirectoryNotContaining("glob:**partial");
      assertThat(root.resolve("samples")).isEmptyDirectory();
      assertThat(root.resolve("model")).isEmptyDirectory();
      assertThat(root).isDirectoryNotContaining("glob:**/.latest*");
      assertThat(root.resolve(".mine")).exists();
      assertThat(folder.latest()).contains(root.resolve("checkpoints/00000010"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tokenizer_training.keep=7",
        "tokenizer_training.log_every=1",
        "tokenizer_training.sample_every=0",
        "tokenizer_training.save_every=9",
        "tokenizer_training.steps=600",
        "ar_training.lr=1"
      })
  void keysThatChangeNoWeight_mayChange(String override) {
    open().close();
    open(override).close();
    assertThat(root.resolve("config.yaml")).content().contains(override.replaceAll(".*=", ": "));
  }

  @Test
  void partsAtOnce_mayChange() {
    open("tokenizer_training.accumulate=2").close();
    open("tokenizer_training.accumulate=2", "tokenizer_training.parts_at_once=2").close();
    assertThat(root.resolve("config.yaml")).content().contains("parts_at_once: 2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tokenizer_training.lr=1",
        "tokenizer_training.seed=1",
        "tokenizer_training.batch=6",
        "tokenizer_training.losses.entropy=1",
        "tokenizer.encoder_dim=128"
      })
  void otherKeys_areAnotherRun(String override) {
    begin();
    assertThatThrownBy(() -> open(override))
        .isInstanceOf(UserException.class)
        .hasMessageContainingAll(override.replaceAll("=.*", ": "), "--fresh");
  }

  @Test
  void otherNumberOfSteps_whereTheRateDecays_needsTheOldDecay() {
    begin("tokenizer_training.schedule=cosine");
    String[] more = {"tokenizer_training.schedule=cosine", "tokenizer_training.steps=9"};
    assertThatThrownBy(() -> open(more))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(
            "decay_steps: 4 → 7): give -o tokenizer_training.decay_steps=4 as well,");
    open(more[0], more[1], "tokenizer_training.decay_steps=4").close();
    assertThat(root.resolve("config.yaml")).content().contains("steps: 9", "decay_steps: 4");
  }

  /** A run with a checkpoint: it has something to lose. */
  private void begin(String... overrides) {
    try (RunFolder folder = open(overrides)) {
      save(folder, 5, 1);
    }
  }

  @Test
  void runWithoutACheckpoint_mayBecomeAnother() {
    open().close();
    open("tokenizer_training.lr=1").close();
    assertThat(root.resolve("config.yaml")).content().contains("lr: 1.0");
  }

  @Test
  void longerRunOfADecay_isAnotherOne_asItsRatesChange() {
    begin("tokenizer_training.schedule=cosine");
    assertThatThrownBy(
            () -> open("tokenizer_training.schedule=cosine", "tokenizer_training.steps=600"))
        .hasMessageContaining("decay_steps");
  }

  @Test
  void fresh_removesWhatTheRunHasDone() throws IOException {
    try (RunFolder folder = open()) {
      save(folder, 5, 1);
      Files.createDirectories(root.resolve("model"));
      Files.writeString(root.resolve("model/ar.safetensors"), "old");
      Files.writeString(folder.metrics(), "{}");
    }
    RunConfig other = TinyRun.config("tokenizer_training.lr=1");
    try (RunFolder folder = RunFolder.open(root, other, SECTION, true)) {
      assertThat(folder.latest()).isEmpty();
      assertThat(root.resolve("model")).doesNotExist();
      assertThat(folder.metrics()).doesNotExist();
      assertThat(root.resolve("latest")).doesNotExist();
    }
  }

  @Test
  void secondProcess_isRefused() {
    try (RunFolder folder = open()) {
      assertThat(folder.root()).isEqualTo(root);
      assertThatThrownBy(() -> open())
          .isInstanceOf(UserException.class)
          .hasMessageContaining("is in use");
    }
    open().close();
  }

  @Test
  void placesThatCantBeWritten_areNamed() throws IOException {
    Path file = Files.writeString(root.resolve("file"), "");
    for (Path out : new Path[] {file, file.resolve("below")}) {
      assertThatThrownBy(() -> RunFolder.open(out, TinyRun.config(), SECTION, false))
          .isInstanceOf(UserException.class)
          .hasMessageContainingAll(out.toString(), "can't be written", "--out");
    }
    Path blocked = Files.createDirectories(root.resolve("run"));
    Files.writeString(blocked.resolve("checkpoints"), "a file");
    assertThatThrownBy(() -> RunFolder.open(blocked, TinyRun.config(), SECTION, false))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("is a file where a folder is needed");
  }
}
