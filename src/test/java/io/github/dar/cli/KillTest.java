package io.github.dar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.dar.config.Yaml;
import io.github.dar.testing.TinyRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9}, twenty times in a row, at random moments and during saves; the same command
 * again each time. In the end everything is, bit by bit, what an uninterrupted run has: mid-epoch,
 * with accumulation and dropout.
 *
 * <p>Wherever a kill lands, the test is right: how far a start gets only decides how many of them
 * there are. Should a run be done before the twentieth kill, another one goes on being killed.
 */
@Tag("e2e")
@TestMethodOrder(MethodOrderer.MethodName.class)
class KillTest {

  /** What Java exits with after SIGTERM. */
  private static final int SIGTERM_CODE = 143;

  private static final int KILLS = 20;
  private static final int LONGEST_START_MILLIS = 1500;
  private static final int LONGEST_WORK_MILLIS = 250;
  private static final int LONGEST_SAVE_MILLIS = 60;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What a clock or the system had a say in. */
  private static final List<String> NOT_COMPUTED =
      List.of("images_per_second", "tokens_per_second", "data_wait", "memory_mb");

  @TempDir static Path folder;

  private static Path config;
  private static Path tokenizer;

  private final List<String> record = new ArrayList<>();

  @BeforeAll
  static void trainUninterrupted() throws Exception {
    config = folder.resolve("tiny.yaml");
    // 50 images in batches of 4: every checkpoint but each 25th lies within an epoch.
    String yaml =
        Yaml.toYaml(
            TinyRun.config(
                "tokenizer_training.steps=120",
                "tokenizer_training.save_every=4",
                "tokenizer_training.log_every=3",
                "tokenizer_training.sample_every=40",
                "ar_training.steps=120",
                "ar_training.save_every=4",
                "ar_training.log_every=3",
                "ar_training.sample_every=40"));
    Files.writeString(config, yaml);
    tokenizer = folder.resolve("tokenizer");
    finish(tokenizerArgs(tokenizer));
  }

  private static List<String> tokenizerArgs(Path out) {
    return List.of(
        "train-tokenizer", "--config", "" + config, "--data", "shapes:#0:50", "--out", "" + out);
  }

  private static List<String> arArgs(Path out) {
    return List.of(
        "train-ar",
        "--config",
        "" + config,
        "--data",
        "shapes:#0:50",
        "--tokenizer",
        "" + tokenizer,
        "--out",
        "" + out);
  }

  private static void finish(List<String> args) throws Exception {
    ChildProcess child = ChildProcess.start(folder.resolve("log.txt"), args);
    assertThat(child.await()).as(child.output()).isZero();
  }

  @Test
  void tokenizer_killedTwentyTimes_endsBitEqual() throws Exception {
    killed("tokenizer", tokenizer, KillTest::tokenizerArgs);
  }

  @Test
  void transformer_killedTwentyTimes_endsBitEqual() throws Exception {
    Path whole = folder.resolve("ar");
    finish(arArgs(whole));
    killed("ar", whole, KillTest::arArgs);
  }

  /** The native library must not be torn down under a running step. */
  @Test
  void tokenizer_askedToEnd_endsInOrder() throws Exception {
    for (int i = 0; i < 3; i++) {
      Path run = folder.resolve("asked-" + i);
      ChildProcess child = ChildProcess.start(folder.resolve("log.txt"), tokenizerArgs(run));
      while (child.isAlive() && !Files.exists(run.resolve("metrics.jsonl"))) {
        Thread.sleep(5);
      }
      int code = child.terminate();

      assertThat(child.output()).contains("dar: interrupted").doesNotContain("fatal error");
      assertThat(code).isEqualTo(SIGTERM_CODE);
    }
  }

  /** The command that trains into a folder. */
  private interface Command {
    List<String> into(Path out);
  }

  private void killed(String name, Path whole, Command command) throws Exception {
    Random random = new Random(name.hashCode());
    int kills = 0;
    for (int round = 0; kills < KILLS; round++) {
      Path run = folder.resolve(name + "-killed-" + round);
      boolean done = false;
      while (kills < KILLS && !done) {
        FileTime began = FileTime.from(Instant.now());
        ChildProcess child = ChildProcess.start(folder.resolve("log.txt"), command.into(run));
        waitForMoment(child, run, random, kills);
        done = !child.isAlive();
        child.kill();
        if (done) {
          assertThat(child.await()).as(child.output()).isZero();
        } else {
          record(++kills, run, began);
        }
      }
      finish(command.into(run));
      assertSame(whole, run);
    }
    Files.write(Path.of("target", "kills-" + name + ".txt"), record);
  }

  /** In turns: anywhere, start included; between steps; during a save. */
  private static void waitForMoment(ChildProcess child, Path run, Random random, int kill)
      throws Exception {
    switch (kill % 3) {
      case 0 -> Thread.sleep(random.nextInt(LONGEST_START_MILLIS));
      case 1 -> {
        long reported = size(run.resolve("metrics.jsonl"));
        while (child.isAlive() && size(run.resolve("metrics.jsonl")) <= reported) {
          Thread.sleep(1);
        }
        Thread.sleep(random.nextInt(LONGEST_WORK_MILLIS));
      }
      default -> {
        // The leftovers of the kill before are not a save.
        String before = String.join(" ", partial(run));
        while (child.isAlive()
            && (partial(run).isEmpty() || String.join(" ", partial(run)).equals(before))) {
          before = partial(run).isEmpty() ? "" : before;
          Thread.onSpinWait();
        }
        Thread.sleep(random.nextInt(LONGEST_SAVE_MILLIS));
      }
    }
  }

  private static long size(Path file) throws IOException {
    try {
      return Files.size(file);
    } catch (java.nio.file.NoSuchFileException e) {
      return 0;
    }
  }

  /** Names of what is being written or deleted. */
  private static List<String> partial(Path run) throws IOException {
    return names(run.resolve("checkpoints"), ".partial");
  }

  private static List<String> names(Path in, String end) throws IOException {
    if (!Files.isDirectory(in)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(in)) {
      return files.map(f -> "" + f.getFileName()).filter(n -> n.endsWith(end)).sorted().toList();
    }
  }

  /** What was being written is what this start has begun, not what an earlier one left. */
  private void record(int kill, Path run, FileTime began) throws IOException {
    Path metrics = run.resolve("metrics.jsonl");
    List<String> lines = Files.exists(metrics) ? Files.readAllLines(metrics) : List.of();
    String reported = "nothing";
    for (String line : lines) {
      reported = "step " + line.replaceAll(".*\"step\":(\\d+).*", "$1");
    }
    List<String> saved =
        names(run.resolve("checkpoints"), "").stream()
            .filter(name -> name.matches("\\d+"))
            .toList();
    List<String> writing = new ArrayList<>();
    for (String name : partial(run)) {
      if (Files.getLastModifiedTime(run.resolve("checkpoints").resolve(name)).compareTo(began)
          > 0) {
        writing.add(name);
      }
    }
    record.add(
        "kill %d: reported %s, checkpoints %s, being written %s"
            .formatted(kill, reported, saved, writing));
  }

  private static void assertSame(Path whole, Path run) throws IOException {
    List<String> files = new ArrayList<>();
    for (String under : List.of("checkpoints", "samples", "model")) {
      assertThat(names(run.resolve(under), "")).isEqualTo(names(whole.resolve(under), ""));
      try (Stream<Path> all = Files.walk(whole.resolve(under))) {
        all.filter(Files::isRegularFile).forEach(f -> files.add("" + whole.relativize(f)));
      }
    }
    assertThat(files).anyMatch(f -> f.endsWith("00000120/optimizer.safetensors"));
    files.add("latest");
    files.add("config.yaml");
    for (String file : files) {
      assertThat(Files.mismatch(whole.resolve(file), run.resolve(file))).as(file).isEqualTo(-1);
    }
    assertThat(metrics(run)).isEqualTo(metrics(whole));
    try (Stream<Path> left = Files.walk(run)) {
      assertThat(left.map(f -> "" + f.getFileName()))
          .noneMatch(name -> name.startsWith(".") || name.endsWith(".partial"));
    }
  }

  /** Every number that was computed, with all its digits. */
  private static List<String> metrics(Path run) throws IOException {
    List<String> out = new ArrayList<>();
    for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
      ObjectNode numbers = (ObjectNode) JSON.readTree(line);
      out.add(numbers.remove(NOT_COMPUTED).toString());
    }
    return out;
  }
}
