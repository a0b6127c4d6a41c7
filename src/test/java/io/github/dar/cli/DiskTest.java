package io.github.dar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dar.config.Yaml;
import io.github.dar.testing.TinyRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Files that can't be written are said in one line, and the run goes on afterwards. */
@Tag("e2e")
@DisabledOnOs(OS.WINDOWS)
class DiskTest {

  /** In blocks of 512 bytes: enough for the weights, too little for the moments. */
  private static final String LIMIT = "ulimit -f 3000";

  @TempDir private Path folder;

  private Path config;

  @BeforeEach
  void writeConfig() throws Exception {
    config = folder.resolve("tiny.yaml");
    Files.writeString(config, Yaml.toYaml(TinyRun.config("tokenizer_training.save_every=4")));
  }

  private ChildProcess train(Path out, int steps, String... shell) throws Exception {
    List<String> args =
        new ArrayList<>(
            List.of("train-tokenizer", "--config", "" + config, "--data", "shapes:#0:50", "-q"));
    args.addAll(List.of("--out", "" + out, "-o", "tokenizer_training.steps=" + steps));
    return ChildProcess.start(folder.resolve("log.txt"), List.of(shell), args);
  }

  @Test
  void diskThatTakesNoMore_isSaidInALine_andTheRunGoesOn() throws Exception {
    Path whole = folder.resolve("whole");
    assertThat(train(whole, 8).await()).isZero();

    Path run = folder.resolve("run");
    ChildProcess none = train(run, 8, LIMIT);
    assertThat(none.await()).isEqualTo(2);
    assertThat(none.output())
        .hasLineCount(1)
        .startsWith("dar: checkpoint " + run.resolve("checkpoints/00000004") + " can't be written")
        .contains("File too large", "starts over");
    assertThat(run.resolve("checkpoints")).isEmptyDirectory();
    assertThat(run.resolve("latest")).doesNotExist();

    // More steps are the same run.
    assertThat(train(run, 4).await()).isZero();
    ChildProcess full = train(run, 8, LIMIT);
    assertThat(full.await()).isEqualTo(2);
    assertThat(full.output())
        .hasLineCount(1)
        .contains("checkpoints/00000008 can't be written", "goes on from")
        .contains("checkpoints/00000004");
    assertThat(run.resolve("checkpoints")).isDirectoryContaining("glob:**/00000004");

    assertThat(train(run, 8).await()).isZero();
    for (String name : List.of("model", "ema", "optimizer")) {
      String file = "checkpoints/00000008/" + name + ".safetensors";
      assertThat(Files.mismatch(whole.resolve(file), run.resolve(file))).as(file).isEqualTo(-1);
    }
  }
}
