package io.github.dar.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.TransformerConfig;
import io.github.dar.config.UserException;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Kernel;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import io.github.dar.weights.HostTensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The autoregressive transformer: from a class to the tokens of an image (method.md section 9).
 *
 * <p>B images, N tokens, V codes. Classes are {@code [B]}, tokens {@code [B][N]}, both as plain
 * arrays: what another kernel returned can't enter a training call (engine.md).
 *
 * <p>Inference may run in several threads at once; training and {@link #refresh} may not.
 */
public final class Transformer implements AutoCloseable {

  private final Compute compute;
  private final TransformerConfig config;
  private final Optional<Weights> weights;
  private final NDManager manager;
  private final Kernel kernel;
  private final NDArray rope;
  private final TransformerInputs inputs;
  private boolean loaded;

  /**
   * Wraps weights as a network.
   *
   * @param weights as {@link #parameters} lists them; they stay the caller's
   */
  public Transformer(Compute compute, TransformerConfig config, Weights weights) {
    this(compute, config, weights, false);
  }

  /**
   * Wraps weights as a network to train.
   *
   * @param checkpointing whether training keeps only the inputs of the blocks and computes these
   *     again on the way back: the same numbers with less memory, for a third more time
   */
  public Transformer(
      Compute compute, TransformerConfig config, Weights weights, boolean checkpointing) {
    this(compute, config, Optional.of(weights), checkpointing);
  }

  /**
   * A network that can sample but not be trained. It holds its weights once, in the form in which
   * sampling reads them.
   *
   * @param source named in errors: the file
   * @param found the weights, of any floating type
   * @throws UserException listing what is missing, unexpected or of another shape
   */
  public static Transformer forSampling(
      Compute compute, TransformerConfig config, String source, Map<String, HostTensor> found) {
    return forSampling(compute, config, source, found, Weights.SOME);
  }

  static Transformer forSampling(
      Compute compute,
      TransformerConfig config,
      String source,
      Map<String, HostTensor> found,
      long atOnce) {
    Transformer network = new Transformer(compute, config, Optional.empty(), false);
    Weights.stream(compute, parameters(config), source, found, List.of(), atOnce, network::load);
    network.loaded();
    return network;
  }

  private void load(Map<String, NDArray> some) {
    try (NDManager scratch = manager.newSubManager()) {
      kernel.run(scratch, "load", some);
    }
  }

  private void loaded() {
    try (NDManager scratch = manager.newSubManager()) {
      kernel.run(scratch, "loaded");
    }
    loaded = true;
  }

  private Transformer(
      Compute compute, TransformerConfig config, Optional<Weights> weights, boolean checkpointing) {
    this.compute = compute;
    this.config = config;
    this.weights = weights;
    this.manager = compute.manager().newSubManager();
    this.inputs = new TransformerInputs(config);
    this.kernel = TransformerKernel.load(compute, manager, config, checkpointing);
    Shape shape = new Shape(config.sequence().blockSize() + 1, config.headDim() / 2, 2);
    this.rope = manager.create(TransformerRope.table(config), shape);
  }

  /** Returns every tensor of the network with the reference's name, order and initialisation. */
  public static List<ParameterSpec> parameters(TransformerConfig config) {
    return TransformerParameters.list(config);
  }

  /** Returns what the network was built from. */
  public TransformerConfig config() {
    return config;
  }

  /** Returns where it computes. */
  public Compute compute() {
    return compute;
  }

  /**
   * Replaces some labels by the null class, so that the network also learns to predict without one.
   *
   * @param seed of the run
   * @param firstSample the position of the first label in the whole run; each label's draw belongs
   *     to its position
   */
  public long[] dropClasses(long[] classes, long seed, long firstSample) {
    long[] out = new long[classes.length];
    for (int i = 0; i < out.length; i++) {
      RandomStream random = RandomStream.of(seed, Purpose.CLASS_DROPOUT, firstSample + i);
      out[i] = dropClass(classes[i], random.nextFloat());
    }
    return out;
  }

  long dropClass(long label, float draw) {
    boolean dropped = draw < (float) config.dropout().classDropoutProb();
    return dropped ? config.sequence().numClasses() : label;
  }

  /**
   * One micro-batch of training: adds {@code scale} times the gradients of the mean cross entropy
   * to {@code gradients}.
   *
   * @param into owns the losses
   * @param classes {@code [B]}, some of them the null class: see {@link #dropClasses}
   * @param tokens {@code [B][N]}
   * @param dropoutSeeds {@code [B]}: each decides every dropout of its image, so a batch in parts
   *     gives what it gives in one piece; empty to have no dropout
   * @param gradients of the weights' names and shapes
   */
  public TransformerLosses gradients(
      NDManager into,
      long[] classes,
      long[][] tokens,
      long[] dropoutSeeds,
      double scale,
      Weights gradients) {
    try (NDManager scratch = into.newSubManager()) {
      NDList losses =
          kernel.train(
              into,
              "gradients",
              inputs.classes(scratch, classes),
              inputs.tokens(scratch, tokens),
              inputs.seeds(scratch, dropoutSeeds),
              rope,
              scratch.create((float) scale),
              trained().arrays(),
              gradients.arrays());
      return new TransformerLosses(losses.get(0), losses.get(1));
    }
  }

  private Weights trained() {
    return weights.orElseThrow(
        () -> new IllegalStateException("a transformer for sampling has no weights to train"));
  }

  /** The losses without dropout and gradients, for validation: see {@link #refresh}. */
  public TransformerLosses losses(NDManager into, long[] classes, long[][] tokens) {
    NDList losses = infer(into, "loss", classes, tokens);
    return new TransformerLosses(losses.get(0), losses.get(1));
  }

  /** The logits of every token given those before it, in one pass: {@code [B, N, V]} float32. */
  public NDArray logits(NDManager into, long[] classes, long[][] tokens) {
    return infer(into, "logits", classes, tokens).singletonOrThrow();
  }

  private NDList infer(NDManager into, String method, long[] classes, long[][] tokens) {
    ensureLoaded();
    try (NDManager scratch = into.newSubManager()) {
      NDArray labels = inputs.classes(scratch, classes);
      return kernel.run(into, method, labels, inputs.tokens(scratch, tokens), rope);
    }
  }

  /** Makes the weights' present values those that inference uses; needed after they changed. */
  public synchronized void refresh() {
    loaded = false;
  }

  /** The copy for inference is made when first needed: a training run may never need it. */
  private synchronized void ensureLoaded() {
    if (!loaded) {
      load(trained().arrays());
      loaded();
    }
  }

  /**
   * Empty caches for decoding.
   *
   * @param into owns them
   * @param rows R: the images, twice them where guidance is used
   * @param length positions: the tokens to come
   * @return every layer's keys and its values, {@code [2 * layers, R, G, length, E]}
   */
  public NDArray caches(NDManager into, int rows, int length) {
    ensureLoaded(); // another thread must not set the kernel's weights while this one reads it
    return kernel.run(into, "caches", rows, length, rope).singletonOrThrow();
  }

  /**
   * The logits after some more tokens, by the cache.
   *
   * @param classes {@code [R]}
   * @param tokens {@code [R][m]}: what the positions before {@code start .. start + m - 1} gave;
   *     position 0 is preceded by the class, so its value isn't looked at
   * @return {@code [R, m, V]} float32
   */
  public NDArray advance(
      NDManager into, long[] classes, long[][] tokens, int start, NDArray caches) {
    ensureLoaded();
    try (NDManager scratch = into.newSubManager()) {
      NDArray labels = inputs.classes(scratch, classes);
      return kernel
          .run(into, "advance", labels, inputs.tokens(scratch, tokens), start, rope, caches)
          .singletonOrThrow();
    }
  }

  /**
   * The next tokens of some images, in one native call.
   *
   * @param previous {@code [B]}, the tokens before them; anything at the start
   * @param start how many there are already
   * @param uniforms {@code [B][n]} in [0, 1): each decides one token
   * @return {@code [B][n]}
   * @throws UserException if the network's outputs are not numbers
   */
  public long[][] decode(
      TransformerDecoding decoding, long[] previous, int start, double[][] uniforms) {
    ensureLoaded();
    int batch = uniforms.length;
    int n = uniforms[0].length;
    try (NDManager scratch = manager.newSubManager()) {
      double[] flat = Arrays.stream(uniforms).flatMapToDouble(Arrays::stream).toArray();
      NDArray tokens =
          kernel
              .run(
                  scratch,
                  "decode",
                  inputs.classes(scratch, decoding.classes()),
                  scratch.create(previous),
                  inputs.tokens(scratch, decoding.forced()),
                  scratch.create(flat, new Shape(batch, n)),
                  scratch.create(decoding.scales()),
                  start,
                  decoding.guidedEnd(),
                  rope,
                  decoding.caches(),
                  decoding.temperature(),
                  decoding.topK(),
                  decoding.topP(),
                  decoding.greedy())
              .singletonOrThrow();
      return TransformerInputs.rows(tokens.toLongArray(), batch, n);
    }
  }

  @Override
  public void close() {
    kernel.close();
    manager.close();
  }
}
