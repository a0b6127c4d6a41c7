import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.Fit;
import io.github.dar.config.OptimizerConfig;
import io.github.dar.config.Precision;
import io.github.dar.data.ImageSource;
import io.github.dar.data.ImageSources;
import io.github.dar.data.ImageTransform;
import io.github.dar.data.RgbImage;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import io.github.dar.features.Bundled;
import io.github.dar.model.Weights;
import io.github.dar.train.AdamW;
import io.github.dar.weights.HostTensor;
import io.github.dar.weights.SafeTensors;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Trains the feature network that ships with dar, and says how many test images it names right. The same seed, data and
 * number of threads give the same file.
 *
 * <p>{@code java -cp "target/dar.jar:target/lib/*" scripts/TrainBundledFeatures.java TRAIN-SOURCE TEST-SOURCE
 * OUT.safetensors [EPOCHS [SEED [THREADS]]]}. Run it with the environment that {@code ./dar} sets.
 */
public final class TrainBundledFeatures {

  private static final int SIZE = Bundled.SIZE;
  private static final int BYTES = SIZE * SIZE * 3;
  private static final int BATCH = 128;
  private static final double RATE = 3e-3;
  private static final int WARMUP = 200;

  /** Training images are moved by so many pixels at most. */
  private static final int SHIFT = 1;

  private static final OptimizerConfig ADAM =
      new OptimizerConfig(List.of(0.9, 0.99), 1e-8, 0.05, 1, 0.995, 0);

  /** Whole sources in memory, padded to 32x32: {@code [n][32, 32, 3]}. */
  private record Images(byte[][] pixels, long[] labels) {}

  public static void main(String[] args) {
    if (args.length < 3 || args.length > 6) {
      System.err.println(
          "usage: TrainBundledFeatures TRAIN-SOURCE TEST-SOURCE OUT.safetensors [EPOCHS [SEED [THREADS]]]");
      System.exit(2);
    }
    int epochs = args.length > 3 ? Integer.parseInt(args[3]) : 6;
    long seed = args.length > 4 ? Long.parseLong(args[4]) : 0;
    int threads = args.length > 5 ? Integer.parseInt(args[5]) : 0;
    Images train = read(args[0]);
    Images test = read(args[1]);
    long start = System.nanoTime();
    try (Compute compute = Compute.open("cpu", Precision.FP32, threads);
        Bundled network = train(compute, train, test, epochs, seed)) {
      System.out.printf(
          "%d training images %.2f%%, %d test images %.2f%% after %d epochs, %.1f minutes%n",
          train.labels().length,
          100 * accuracy(compute, network, train),
          test.labels().length,
          100 * accuracy(compute, network, test),
          epochs,
          (System.nanoTime() - start) / 6e10);
      write(network, Path.of(args[2]));
    }
  }

  private static Bundled train(
      Compute compute, Images train, Images test, int epochs, long seed) {
    Weights weights = Weights.initial(compute, Bundled.parameters(), seed);
    int perEpoch = train.labels().length / BATCH;
    long steps = (long) epochs * perEpoch;
    try (Bundled network = new Bundled(compute, weights);
        AdamW optimizer = new AdamW(compute, ADAM, weights, name -> name.endsWith(".weight"))) {
      for (int epoch = 0; epoch < epochs; epoch++) {
        int[] order =
            RandomStream.of(seed, Purpose.DATA_ORDER, epoch).permutation(train.labels().length);
        double loss = 0;
        for (int batch = 0; batch < perEpoch; batch++) {
          long step = (long) epoch * perEpoch + batch + 1;
          loss += step(compute, network, optimizer, train, order, batch, seed, step, steps);
        }
        System.out.printf("epoch %d: loss %.4f%n", epoch + 1, loss / perEpoch);
      }
      return new Bundled(compute, rounded(compute, optimizer.average()));
    }
  }

  private static double step(
      Compute compute,
      Bundled network,
      AdamW optimizer,
      Images train,
      int[] order,
      int batch,
      long seed,
      long step,
      long steps) {
    ByteBuffer pixels = ByteBuffer.allocateDirect(BATCH * BYTES);
    long[] labels = new long[BATCH];
    for (int i = 0; i < BATCH; i++) {
      int index = order[batch * BATCH + i];
      pixels.put(
          shifted(
              train.pixels()[index],
              RandomStream.of(seed, Purpose.AUGMENTATION, (step - 1) * BATCH + i)));
      labels[i] = train.labels()[index];
    }
    double loss;
    try (NDManager scope = compute.manager().newSubManager()) {
      NDArray images =
          scope.create(pixels.flip(), new Shape(BATCH, SIZE, SIZE, 3), DataType.UINT8);
      loss =
          network.gradients(scope, images, scope.create(labels), optimizer.gradients()).getFloat();
    }
    // Up over the first steps, then down to 0 on a cosine.
    double done = (double) step / steps;
    double rate =
        RATE * Math.min(1, (double) step / WARMUP) * (1 + Math.cos(Math.PI * done)) / 2;
    optimizer.step(step, rate, optimizer.gradientNorm());
    return loss;
  }

  /** The image moved by a few pixels; black comes in. */
  private static byte[] shifted(byte[] image, RandomStream random) {
    int right = random.nextInt(2 * SHIFT + 1) - SHIFT;
    int down = random.nextInt(2 * SHIFT + 1) - SHIFT;
    byte[] out = new byte[BYTES];
    int length = (SIZE - Math.abs(right)) * 3;
    for (int y = Math.max(0, down); y < SIZE + Math.min(0, down); y++) {
      int from = ((y - down) * SIZE + Math.max(0, -right)) * 3;
      System.arraycopy(image, from, out, (y * SIZE + Math.max(0, right)) * 3, length);
    }
    return out;
  }

  /** The weights as the file will have them. */
  private static Weights rounded(Compute compute, Weights weights) {
    return Weights.load(compute, Bundled.parameters(), "training", bf16(weights), List.of());
  }

  private static Map<String, HostTensor> bf16(Weights weights) {
    Map<String, HostTensor> out = new LinkedHashMap<>();
    weights.toHost().forEach((name, tensor) -> out.put(name, tensor.toBf16()));
    return out;
  }

  private static double accuracy(Compute compute, Bundled network, Images images) {
    int right = 0;
    int count = images.labels().length;
    for (int from = 0; from < count; from += BATCH) {
      int size = Math.min(BATCH, count - from);
      ByteBuffer pixels = ByteBuffer.allocateDirect(size * BYTES);
      for (int i = 0; i < size; i++) {
        pixels.put(images.pixels()[from + i]);
      }
      try (NDManager scope = compute.manager().newSubManager()) {
        NDArray batch =
            scope.create(pixels.flip(), new Shape(size, SIZE, SIZE, 3), DataType.UINT8);
        long[] named = network.extract(scope, batch).probabilities().argMax(1).toLongArray();
        for (int i = 0; i < size; i++) {
          right += named[i] == images.labels()[from + i] ? 1 : 0;
        }
      }
    }
    return (double) right / count;
  }

  private static Images read(String spec) {
    ImageTransform pad = ImageTransform.of(SIZE, Fit.PAD, false);
    try (ImageSource source = ImageSources.open(spec, SIZE, 0)) {
      byte[][] pixels = new byte[source.size()][];
      long[] labels = new long[source.size()];
      for (int i = 0; i < pixels.length; i++) {
        RgbImage square = pad.apply(source.image(i), RandomStream.of(0, Purpose.AUGMENTATION, i));
        pixels[i] = square.rgb();
        labels[i] = source.label(i);
      }
      return new Images(pixels, labels);
    }
  }

  private static void write(Bundled network, Path file) {
    SafeTensors.write(file, bf16(network.weights()), Map.of("network", "dar bundled features"));
    System.out.println("wrote " + file);
  }
}
