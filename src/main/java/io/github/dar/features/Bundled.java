package io.github.dar.features;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Kernel;
import io.github.dar.fetch.Sha256;
import io.github.dar.model.ParameterSpec;
import io.github.dar.model.ParameterSpec.Init;
import io.github.dar.model.Weights;
import io.github.dar.weights.SafeTensors;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The small classifier that ships with dar: six convolutions, trained on Fashion-MNIST by {@code
 * scripts/TrainBundledFeatures.java}. Metrics over its features compare what dar makes of such
 * images where no published network is at hand; they are no FID.
 *
 * <p>It looks at 32x32 pixels, to which larger and smaller images are brought by clean-fid's
 * resize. All its features lie in [0, 6]. It computes in float32 whatever the precision of the
 * device.
 */
public final class Bundled implements FeatureExtractor {

  /** The side of the images that it looks at. */
  public static final int SIZE = 32;

  private static final String FILE = "/io/github/dar/features/bundled.safetensors";

  private static final int[] CHANNELS = {3, 32, 48, 64, 96, 128, 128};
  private static final int CLASSES = 10;

  /** Rows and columns of the fourth map, times seven channels. */
  private static final int SPATIAL = 8 * 8 * 7;

  private final Weights weights;
  private final Kernel kernel;
  private final String sha256;

  /**
   * A network to be trained.
   *
   * @param weights as {@link #parameters} lists them; closed with this
   */
  public Bundled(Compute compute, Weights weights) {
    this(compute, weights, "");
  }

  private Bundled(Compute compute, Weights weights, String sha256) {
    this.weights = weights;
    this.sha256 = sha256;
    this.kernel =
        Kernel.load(compute.manager(), Map.of(), "linear", "blocks", "protocols", "bundled");
  }

  /** Loads the network that ships with dar. */
  public static Bundled shipped(Compute compute) {
    try (InputStream in = Bundled.class.getResourceAsStream(FILE)) {
      byte[] bytes = in.readAllBytes();
      Weights weights =
          Weights.load(
              compute, parameters(), FILE, SafeTensors.parse(Path.of(FILE), bytes), List.of());
      return new Bundled(compute, weights, Sha256.of(new ByteArrayInputStream(bytes)));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // not reached: the file ships with the program
    }
  }

  /** Names, shapes and first values of all weights: those of He et al. for ReLUs, biases zero. */
  public static List<ParameterSpec> parameters() {
    List<ParameterSpec> specs = new ArrayList<>();
    for (int i = 1; i < CHANNELS.length; i++) {
      layer(specs, "conv" + i, CHANNELS[i], CHANNELS[i - 1], 3, 3);
    }
    layer(specs, "fc", CLASSES, CHANNELS[CHANNELS.length - 1]);
    return specs;
  }

  private static void layer(List<ParameterSpec> specs, String name, long... shape) {
    long fanIn = 1;
    for (int i = 1; i < shape.length; i++) {
      fanIn *= shape[i];
    }
    specs.add(new ParameterSpec(name + ".weight", Init.NORMAL, Math.sqrt(2.0 / fanIn), shape));
    specs.add(new ParameterSpec(name + ".bias", Init.ZEROS, 0, shape[0]));
  }

  /**
   * Adds the gradients of the cross entropy.
   *
   * @param images {@code [B, 32, 32, 3]}, uint8
   * @param labels {@code [B]}, int64
   * @param gradients added to
   * @return the mean cross entropy, a scalar
   */
  public NDArray gradients(NDManager into, NDArray images, NDArray labels, Weights gradients) {
    return kernel
        .train(into, "gradients", images, labels, weights.arrays(), gradients.arrays())
        .singletonOrThrow();
  }

  /** Returns the float32 weights. */
  public Weights weights() {
    return weights;
  }

  @Override
  public Outputs extract(NDManager into, NDArray images) {
    NDList out = kernel.run(into, "extract", weights.arrays(), images);
    return new Outputs(out.get(0), out.get(1), out.get(2));
  }

  @Override
  public String name() {
    return "bundled";
  }

  @Override
  public String sha256() {
    return sha256;
  }

  @Override
  public boolean inception() {
    return false;
  }

  @Override
  public String protocol() {
    return "bundled";
  }

  @Override
  public int width() {
    return CHANNELS[CHANNELS.length - 1];
  }

  @Override
  public int spatialWidth() {
    return SPATIAL;
  }

  @Override
  public int classes() {
    return CLASSES;
  }

  @Override
  public void close() {
    kernel.close();
    weights.close();
  }
}
