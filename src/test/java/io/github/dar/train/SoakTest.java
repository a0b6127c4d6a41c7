package io.github.dar.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dar.config.Precision;
import io.github.dar.config.RunConfig;
import io.github.dar.data.ShapesSource;
import io.github.dar.engine.Compute;
import io.github.dar.model.Tokenizer;
import io.github.dar.model.Weights;
import io.github.dar.testing.TinyRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A training step leaves nothing behind: neither arrays nor memory grow over 300 steps. */
@Tag("e2e")
class SoakTest {

  private static final int WARM_UP = 100;
  private static final int STEPS = 300;

  @Test
  @EnabledOnOs(OS.LINUX)
  void threeHundredSteps_leaveNothing() throws IOException {
    RunConfig config = TinyRun.config();
    var model = config.model().requireTokenizer("soak");
    var training = config.requireTokenizerTraining("soak");
    try (Compute compute = Compute.open("cpu", Precision.FP32, 1);
        Weights weights = Weights.initial(compute, Tokenizer.parameters(model), 0);
        Tokenizer tokenizer = new Tokenizer(compute, model, weights);
        Judges judges = Judges.load(compute, config, TinyRun.files());
        Stage stage =
            new TokenizerStage(
                tokenizer, training, new ShapesSource(50, 16, 0), config.model(), judges);
        AdamW optimizer =
            new AdamW(compute, training.training().optimizer(), weights, name -> true)) {
      run(stage, optimizer, 0, WARM_UP);
      System.gc();
      int arrays = compute.manager().getManagedArrays().size();
      long resident = residentKilobytes();
      run(stage, optimizer, WARM_UP, STEPS);
      System.gc();
      assertThat(compute.manager().getManagedArrays()).hasSize(arrays);
      assertThat(residentKilobytes() - resident).as("growth in KB").isLessThan(60_000);
    }
  }

  private static void run(Stage stage, AdamW optimizer, int from, int steps) {
    for (int step = from; step < from + steps; step++) {
      stage.gradients(step, optimizer.gradients());
      optimizer.step(step + 1L, 1e-3, optimizer.gradientNorm());
    }
  }

  private static long residentKilobytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IOException("no VmRSS");
  }
}
