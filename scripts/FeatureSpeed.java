import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.Precision;
import io.github.dar.engine.Compute;
import io.github.dar.features.Bundled;
import io.github.dar.features.FeatureExtractor;
import io.github.dar.features.FeatureFiles;
import io.github.dar.features.Protocol;
import io.github.dar.fetch.WeightsFolder;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/**
 * How fast the feature networks look at images, beside the fastest matrix product of the same moment. Rounds of both
 * alternate, as other work may run on the machine; medians and bests are printed.
 *
 * <p>{@code java -Xmx1500m -cp "target/dar.jar:target/lib/*" scripts/FeatureSpeed.java WEIGHTS-DIR|bundled [SIZE [BATCH...]]}.
 * Run it with the environment that {@code ./dar} sets.
 */
public final class FeatureSpeed {

  private static final int ROUNDS = 7;
  private static final int SIDE = 2048;

  /** Multiplications and additions of Inception for an image of 299x299. */
  private static final double INCEPTION = 2 * 5.713e9;

  private static final double BUNDLED = 2 * 13.2e6;

  public static void main(String[] args) {
    if (args.length < 1) {
      System.err.println("usage: FeatureSpeed WEIGHTS-DIR|bundled [SIZE [BATCH...]]");
      System.exit(2);
    }
    boolean bundled = args[0].equals("bundled");
    int size = args.length > 1 ? Integer.parseInt(args[1]) : bundled ? Bundled.SIZE : 256;
    int[] batches = {8, 16, 32, 64};
    if (args.length > 2) {
      batches = Arrays.stream(args).skip(2).mapToInt(Integer::parseInt).toArray();
    }
    try (Compute compute = Compute.open("cpu", Precision.FP32, 0)) {
      System.out.printf("%s, images of %dx%d%n", compute.describe(), size, size);
      for (Protocol protocol : bundled ? new Protocol[] {Protocol.ADM} : Protocol.values()) {
        try (FeatureExtractor network =
            bundled
                ? Bundled.shipped(compute)
                : new FeatureFiles(new WeightsFolder(Path.of(args[0])))
                    .inception(compute, protocol)) {
          for (int batch : batches) {
            measure(compute.manager(), network, size, batch, bundled ? BUNDLED : INCEPTION);
          }
        }
      }
    }
  }

  private static void measure(
      NDManager manager, FeatureExtractor network, int size, int batch, double operations) {
    double[] seconds = new double[ROUNDS];
    double[] peaks = new double[ROUNDS];
    try (NDManager scope = manager.newSubManager()) {
      byte[] pixels = new byte[batch * size * size * 3];
      new Random(1).nextBytes(pixels);
      NDArray images =
          scope.create(
              ByteBuffer.wrap(pixels), new Shape(batch, size, size, 3), DataType.UINT8);
      NDArray a = scope.ones(new Shape(SIDE, SIDE));
      time(() -> look(scope, network, images));
      for (int round = 0; round < ROUNDS; round++) {
        peaks[round] = 2 * Math.pow(SIDE, 3) / time(() -> a.matMul(a).close());
        seconds[round] = time(() -> look(scope, network, images));
      }
    }
    Arrays.sort(seconds);
    Arrays.sort(peaks);
    double median = seconds[ROUNDS / 2];
    double peak = peaks[ROUNDS - 1];
    System.out.printf(
        "%s, %s, batch %d: %.2f images/s (best %.2f), %.0f GFLOP/s of %.0f (median %.0f): %.0f%% (best %.0f%%)%n",
        network.name(),
        network.protocol(),
        batch,
        batch / median,
        batch / seconds[0],
        batch * operations / median / 1e9,
        peak / 1e9,
        peaks[ROUNDS / 2] / 1e9,
        100 * batch * operations / median / peaks[ROUNDS / 2],
        100 * batch * operations / seconds[0] / peak);
  }

  private static void look(NDManager scope, FeatureExtractor network, NDArray images) {
    try (NDManager step = scope.newSubManager()) {
      network.extract(step, images).features().toFloatArray();
    }
  }

  private static double time(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e9;
  }
}
