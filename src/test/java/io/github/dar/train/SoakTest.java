package io.github.dar.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDArray;
import io.github.dar.config.Precision;
import io.github.dar.config.RunConfig;
import io.github.dar.data.CodesFile;
import io.github.dar.data.ShapesSource;
import io.github.dar.data.ShuffledCodes;
import io.github.dar.data.TokenCodes;
import io.github.dar.engine.Compute;
import io.github.dar.model.Tokenizer;
import io.github.dar.model.Transformer;
import io.github.dar.model.Weights;
import io.github.dar.testing.TinyRun;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A training step leaves nothing behind: neither arrays nor memory grow over 300 steps. */
@Tag("e2e")
class SoakTest {

  private static final int WARM_UP = 100;
  private static final int STEPS = 300;

  @Test
  @EnabledOnOs(OS.LINUX)
  void tokenizer_leavesNothing() throws IOException {
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
      assertFlat(compute, stage, optimizer);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @EnabledOnOs(OS.LINUX)
  void transformer_leavesNothing(boolean checkpointing) throws IOException {
    RunConfig config = TinyRun.config("ar.class_dropout_prob=0.3", "ar.drop_path_rate=0.1");
    var tokens = config.model().requireTokenizer("soak");
    var network = config.model().requireAr("soak");
    var training = config.requireArTraining("soak");
    try (Compute compute = Compute.open("cpu", Precision.FP32, 1);
        Weights unused = Weights.initial(compute, Tokenizer.parameters(tokens), 0);
        Tokenizer tokenizer = new Tokenizer(compute, tokens, unused);
        Weights weights = Weights.initial(compute, Transformer.parameters(network), 0);
        Transformer transformer = new Transformer(compute, network, weights, checkpointing);
        Stage stage =
            new TransformerStage(
                transformer,
                weights,
                null,
                tokenizer,
                config.model(),
                training,
                new ShuffledCodes(CodesFile.of(new TokenCodes(new long[50][8], new long[50])), 0));
        AdamW optimizer =
            new AdamW(compute, training.training().optimizer(), weights, name -> true)) {
      assertFlat(compute, stage, optimizer);
    }
  }

  private static void assertFlat(Compute compute, Stage stage, AdamW optimizer) throws IOException {
    run(stage, optimizer, 0, WARM_UP);
    System.gc();
    int arrays = alive(compute.manager());
    long resident = residentKilobytes();
    run(stage, optimizer, WARM_UP, STEPS);
    System.gc();
    assertThat(alive(compute.manager())).as("arrays").isEqualTo(arrays).isPositive();
    assertThat(residentKilobytes() - resident).as("growth in KB").isLessThan(30_000);
  }

  private static void run(Stage stage, AdamW optimizer, int from, int steps) {
    for (int step = from; step < from + steps; step++) {
      stage.gradients(step, optimizer.gradients());
      optimizer.step(step + 1L, 1e-3, optimizer.gradientNorm());
    }
  }

  /** Arrays of a manager and of all below it; DJL lists those of one alone. */
  private static int alive(AutoCloseable resource) {
    if (!(resource instanceof BaseNDManager manager)) {
      return resource instanceof NDArray ? 1 : 0;
    }
    try {
      Field field = BaseNDManager.class.getDeclaredField("resources");
      field.setAccessible(true);
      int count = 0;
      for (Object below : ((Map<?, ?>) field.get(manager)).values()) {
        count += alive((AutoCloseable) below);
      }
      return count;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
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
