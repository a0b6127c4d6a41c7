import ai.djl.ndarray.NDManager;
import com.sun.management.OperatingSystemMXBean;
import io.github.dar.config.OptimizerConfig;
import io.github.dar.config.Precision;
import io.github.dar.config.TransformerConfig;
import io.github.dar.config.Yaml;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import io.github.dar.model.Transformer;
import io.github.dar.model.Weights;
import io.github.dar.train.AdamW;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Time and memory of a transformer's training step, on random tokens.
 *
 * <p>{@code java -Xmx1500m -cp "target/dar.jar:target/lib/*" scripts/TrainingStep.java B|L|XL BATCH fp32|bf16
 * keep|checkpoint STEPS [EMA]}. Run it with the environment that {@code ./dar} sets.
 */
public final class TrainingStep {

  public static void main(String[] args) throws IOException {
    if (args.length < 5) {
      System.err.println("usage: TrainingStep B|L|XL BATCH fp32|bf16 keep|checkpoint STEPS [EMA]");
      System.exit(2);
    }
    TransformerConfig config = Yaml.parse(network(args[0]), "argument", TransformerConfig.class);
    int batch = Integer.parseInt(args[1]);
    Precision precision = Precision.valueOf(args[2].toUpperCase(Locale.ROOT));
    boolean checkpointing = args[3].equals("checkpoint");
    int steps = Integer.parseInt(args[4]);
    double ema = args.length > 5 ? Double.parseDouble(args[5]) : 0;
    OptimizerConfig adam = new OptimizerConfig(List.of(0.9, 0.95), 1e-8, 0.05, 1, ema, 0);
    try (Compute compute = Compute.open("cpu", precision, 0);
        Weights weights = Weights.initial(compute, Transformer.parameters(config), 0);
        Transformer network = new Transformer(compute, config, weights, checkpointing);
        AdamW optimizer = new AdamW(compute, adam, weights, name -> true)) {
      System.out.printf("%d weights, %s%n", weights.count(), compute.describe());
      long[] classes = new long[batch];
      long[] seeds = new long[batch];
      long[][] tokens = new long[batch][config.sequence().blockSize()];
      for (int i = 0; i < batch; i++) {
        RandomStream random = RandomStream.of(0, Purpose.TOKEN, i);
        seeds[i] = random.nextLong();
        for (int n = 0; n < tokens[i].length; n++) {
          tokens[i][n] = random.nextInt(config.sequence().vocabSize());
        }
      }
      for (int step = 1; step <= steps; step++) {
        long start = System.nanoTime();
        long worked = processorNanos();
        float loss;
        try (NDManager scope = compute.manager().newSubManager()) {
          loss =
              network
                  .gradients(scope, classes, tokens, seeds, 1, optimizer.gradients())
                  .mean()
                  .getFloat();
        }
        long differentiated = System.nanoTime();
        worked = processorNanos() - worked;
        double norm = optimizer.gradientNorm();
        long measured = System.nanoTime();
        optimizer.step(step, 1e-4, norm);
        System.out.printf(
            "step %d: loss %.4f; gradients %.2f s (%.2f s of processors), norm %.0f ms, update %.0f ms; peak %s%n",
            step,
            loss,
            (differentiated - start) / 1e9,
            worked / 1e9,
            (measured - differentiated) / 1e6,
            (System.nanoTime() - measured) / 1e6,
            peak());
      }
    }
  }

  /** The published sizes (method section 9), on the published tokens. */
  private static String network(String name) {
    String size =
        switch (name) {
          case "B" -> "n_layer: 12, n_head: 12, dim: 768";
          case "L" -> "n_layer: 24, n_head: 16, dim: 1024";
          case "XL" -> "n_layer: 36, n_head: 20, dim: 1280";
          default -> throw new IllegalArgumentException("no size " + name);
        };
    return "{" + size + ", vocab_size: 16384, block_size: 256, num_classes: 1000}";
  }

  /** Says more than the time where other programs compete. */
  private static long processorNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /** The most memory that was resident, as Linux counts it. */
  private static String peak() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmHWM"))
        .map(line -> "%.2f GB".formatted(Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 1e9))
        .findFirst()
        .orElse("unknown");
  }
}
