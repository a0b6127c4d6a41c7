package io.github.dar.features;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.UserException;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Kernel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A feature network in a TorchScript file that answers as NVIDIA's {@code inception-2015-12-05.pt}
 * does: {@code forward(images, return_features=True)} gives {@code [B, D]}, {@code forward(images,
 * False, False, True)}, the last being {@code no_output_bias}, the probabilities of its classes. A
 * network that takes two arguments only has no classes. It resizes and scales images itself.
 *
 * <p>A TorchScript file is a program and not checked for what it does: it can read and write files
 * as the user can. So it is loaded only when the user names it, never because it lies somewhere.
 */
public final class TorchScriptFeatures implements FeatureExtractor {

  private static final String MEND =
      "give a network that answers as NVIDIA's inception-2015-12-05.pt does";

  /** The side of the images that a network is tried with. */
  private static final int PROBE = 64;

  private final NDManager manager;
  private final Kernel network;
  private final Kernel images;
  private final Path file;
  private final Protocol protocol;
  private final String sha256;
  private final int width;
  private final int classes;

  private TorchScriptFeatures(Compute compute, Path file, Protocol protocol, NDManager manager)
      throws IOException {
    this.file = file;
    this.protocol = protocol;
    this.manager = manager;
    this.sha256 = FeatureFiles.sha256(file);
    this.images = Kernel.load(manager, Map.of(), "protocols", "images");
    this.network = load();
    try (NDManager scratch = manager.newSubManager()) {
      NDArray planes = scratch.zeros(new Shape(2, 3, PROBE, PROBE), DataType.UINT8);
      this.width = (int) features(scratch, planes).getShape().get(1);
      this.classes = countClasses(scratch, planes);
    }
  }

  /**
   * Loads and tries a file.
   *
   * @param protocol {@link Protocol#ADM} hands images over as they are, {@link Protocol#CLEAN_FID}
   *     resizes them to 299x299 first, which makes the network's own resize do nothing
   * @throws UserException if it isn't such a file, or the protocol is another
   */
  static TorchScriptFeatures open(Compute compute, Path file, Protocol protocol) {
    if (protocol == Protocol.PYTORCH_FID) {
      throw new UserException(
          "--protocol %s: %s resizes images itself, in another way; use adm or clean-fid, or --features inception"
              .formatted(protocol, file));
    }
    if (!Files.isRegularFile(file)) {
      throw new UserException(file + ": there is no such file; " + MEND);
    }
    NDManager manager = compute.manager().newSubManager();
    try {
      return new TorchScriptFeatures(compute, file, protocol, manager);
    } catch (IOException e) {
      manager.close();
      throw new UserException(file + ": can't be read (" + e.getMessage() + ")", e);
    } catch (UserException e) {
      manager.close();
      throw e;
    }
  }

  private Kernel load() throws IOException {
    try {
      return Kernel.open(manager, file);
    } catch (EngineException e) {
      throw new UserException(
          "%s: libtorch can't load it as TorchScript (%s); %s".formatted(file, reason(e), MEND), e);
    }
  }

  private int countClasses(NDManager into, NDArray planes) {
    NDArray probabilities;
    try {
      probabilities = forward(into, "classes", planes, false, false, true);
    } catch (TooManyArguments e) {
      return 0;
    }
    for (float sum : probabilities.sum(new int[] {1}).toFloatArray()) {
      if (!(Math.abs(sum - 1) < 1e-3)) {
        throw new UserException(
            "%s: the probabilities of its classes sum to %s instead of 1; %s"
                .formatted(file, sum, MEND));
      }
    }
    return (int) probabilities.getShape().get(1);
  }

  private NDArray features(NDManager into, NDArray planes) {
    try {
      return forward(into, "features", planes, true);
    } catch (TooManyArguments e) {
      throw new UserException(
          "%s: its forward takes no return_features; %s".formatted(file, MEND), e);
    }
  }

  /** The network's one answer, {@code [B, numbers]}, in float32. */
  private NDArray forward(NDManager into, String what, Object... arguments) {
    NDList out;
    try {
      out = network.run(into, "forward", arguments);
    } catch (EngineException e) {
      if (String.valueOf(e.getMessage()).startsWith("Expected at most")) {
        throw new TooManyArguments(e);
      }
      throw new UserException(
          "%s: fails when it is asked for %s (%s); %s".formatted(file, what, reason(e), MEND), e);
    } catch (IllegalArgumentException | UnsupportedOperationException e) {
      // What DJL says of answers that are neither a tensor nor made of tensors.
      throw new UserException(
          "%s: asked for %s it gives something that is no tensor; %s".formatted(file, what, MEND),
          e);
    }
    long batch = ((NDArray) arguments[0]).getShape().get(0);
    if (out.size() != 1
        || out.get(0).getShape().dimension() != 2
        || out.get(0).getShape().get(0) != batch) {
      throw new UserException(
          "%s: asked for %s of %d images it gives %s instead of %d rows; %s"
              .formatted(file, what, batch, shapes(out), batch, MEND));
    }
    return images.run(into, "float32", out.get(0)).singletonOrThrow();
  }

  private static String shapes(NDList out) {
    return out.size() == 1 ? out.get(0).getShape().toString() : out.size() + " tensors";
  }

  /** The line of libtorch's report that says what was wrong. */
  private static String reason(EngineException e) {
    String[] lines = String.valueOf(e.getMessage()).strip().split("\\R");
    String reason = lines[0];
    for (String line : lines) {
      if (line.matches("(\\w|\\.)*(Error|Exception): .*")) {
        reason = line;
      }
    }
    return reason;
  }

  @Override
  public Outputs extract(NDManager into, NDArray pixels) {
    String way = protocol == Protocol.CLEAN_FID ? "clean" : "planes";
    try (NDManager scratch = into.newSubManager()) {
      NDArray planes = images.run(scratch, way, pixels).singletonOrThrow();
      NDArray features = features(into, planes);
      NDArray probabilities = null;
      if (classes > 0) {
        probabilities = forward(into, "classes", planes, false, false, true);
      }
      return new Outputs(features, null, probabilities);
    }
  }

  @Override
  public String name() {
    return file.getFileName().toString();
  }

  @Override
  public String sha256() {
    return sha256;
  }

  @Override
  public boolean inception() {
    return width == InceptionUnits.WIDTH && classes == InceptionUnits.CLASSES;
  }

  @Override
  public String protocol() {
    return protocol.text();
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int spatialWidth() {
    return 0;
  }

  @Override
  public int classes() {
    return classes;
  }

  @Override
  public void close() {
    manager.close();
  }

  /** The network's forward is simpler than NVIDIA's. */
  private static final class TooManyArguments extends RuntimeException {

    private static final long serialVersionUID = 1;

    TooManyArguments(EngineException cause) {
      super(cause);
    }
  }
}
