package io.github.dar.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.DropoutConfig;
import io.github.dar.config.TransformerConfig;
import io.github.dar.config.UserException;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Kernel;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
  private final Weights weights;
  private final NDManager manager;
  private final Kernel kernel;
  private final NDArray rope;
  private NDManager loaded;

  /**
   * Wraps weights as a network.
   *
   * @param weights as {@link #parameters} lists them; they stay the caller's
   */
  public Transformer(Compute compute, TransformerConfig config, Weights weights) {
    this.compute = compute;
    this.config = config;
    this.weights = weights;
    this.manager = compute.manager().newSubManager();
    this.kernel =
        Kernel.load(manager, attributes(compute, config), "blocks", "sampling", "transformer");
    Shape shape = new Shape(config.sequence().blockSize() + 1, config.headDim() / 2, 2);
    this.rope = manager.create(TransformerRope.table(config), shape);
  }

  private static Map<String, Object> attributes(Compute compute, TransformerConfig config) {
    DropoutConfig dropout = config.dropout();
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("dt", compute.dtype());
    out.put("layers", config.nLayer());
    out.put("heads", config.nHead());
    out.put("kv_heads", config.nKvHead());
    out.put("null_class", config.sequence().numClasses());
    out.put("eps", config.normEps());
    out.put("token_dropout", dropout.tokenDropoutP());
    out.put("attn_dropout", dropout.attnDropoutP());
    out.put("resid_dropout", dropout.residDropoutP());
    out.put("ffn_dropout", dropout.ffnDropoutP());
    out.put("drop_path", dropout.dropPathRate());
    out.put("w", Map.of());
    return out;
  }

  /** Returns every tensor of the network with the reference's name, order and initialisation. */
  public static List<ParameterSpec> parameters(TransformerConfig config) {
    double std = config.initializerRange();
    long width = config.dim();
    long hidden = config.hiddenDim();
    long qkv = (config.nHead() + 2L * config.nKvHead()) * config.headDim();
    long vocabulary = config.sequence().vocabSize();
    List<ParameterSpec> out = new ArrayList<>();
    out.add(
        ParameterSpec.normal(
            "cls_embedding.embedding_table.weight", std, config.classRows(), width));
    out.add(ParameterSpec.normal("tok_embeddings.weight", std, vocabulary, width));
    for (int i = 0; i < config.nLayer(); i++) {
      String p = "layers." + i + ".";
      out.add(ParameterSpec.normal(p + "attention.wqkv.weight", std, qkv, width));
      out.add(ParameterSpec.normal(p + "attention.wo.weight", std, width, width));
      out.add(ParameterSpec.normal(p + "feed_forward.w1.weight", std, hidden, width));
      out.add(ParameterSpec.normal(p + "feed_forward.w3.weight", std, hidden, width));
      out.add(ParameterSpec.normal(p + "feed_forward.w2.weight", std, width, hidden));
      out.add(ParameterSpec.ones(p + "attention_norm.weight", width));
      out.add(ParameterSpec.ones(p + "ffn_norm.weight", width));
    }
    out.add(ParameterSpec.ones("norm.weight", width));
    out.add(ParameterSpec.zeros("output.weight", vocabulary, width));
    return out;
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
   * @param dropoutSeed decides every dropout
   * @param gradients of the weights' names and shapes
   */
  public TransformerLosses gradients(
      NDManager into,
      long[] classes,
      long[][] tokens,
      long dropoutSeed,
      double scale,
      Weights gradients) {
    try (NDManager scratch = into.newSubManager()) {
      NDList losses =
          kernel.train(
              into,
              "gradients",
              scratch.create(check(classes, tokens)),
              ids(scratch, tokens),
              scratch.create(dropoutSeed),
              rope,
              scratch.create((float) scale),
              weights.arrays(),
              gradients.arrays());
      return new TransformerLosses(losses.get(0), losses.get(1));
    }
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
      NDArray labels = scratch.create(check(classes, tokens));
      return kernel.run(into, method, labels, ids(scratch, tokens), rope);
    }
  }

  /** Makes the weights' present values those that inference uses; needed after they changed. */
  public synchronized void refresh() {
    if (loaded != null) {
      loaded.close();
      loaded = null;
    }
  }

  /** The copy for inference is made when first needed: a training run may never need it. */
  private synchronized void ensureLoaded() {
    if (loaded == null) {
      loaded = manager.newSubManager();
      kernel.run(loaded, "load", weights.forInference(loaded));
    }
  }

  /**
   * Empty caches for decoding.
   *
   * @param into owns them
   * @param rows R: the images, twice them where guidance is used
   * @param length positions: the tokens to come
   * @return keys and values of every layer, each {@code [R, G, length, E]} in the compute type
   */
  public List<NDArray> caches(NDManager into, int rows, int length) {
    return kernel.run(into, "caches", rows, length, rope);
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
      NDManager into, long[] classes, long[][] tokens, int start, List<NDArray> caches) {
    ensureLoaded();
    try (NDManager scratch = into.newSubManager()) {
      NDArray labels = scratch.create(check(classes, tokens));
      return kernel
          .run(into, "advance", labels, ids(scratch, tokens), start, rope, caches)
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
                  scratch.create(checkClasses(decoding.classes())),
                  scratch.create(previous),
                  ids(scratch, decoding.forced()),
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
      return rows(tokens.toLongArray(), batch, n);
    }
  }

  private static long[][] rows(long[] flat, int rows, int columns) {
    long[][] out = new long[rows][];
    for (int row = 0; row < rows; row++) {
      out[row] = Arrays.copyOfRange(flat, row * columns, (row + 1) * columns);
      for (long token : out[row]) {
        if (token < 0) {
          throw new UserException(
              "the transformer's outputs are not numbers (NaN): its weights are damaged or its"
                  + " training diverged; use an earlier checkpoint");
        }
      }
    }
    return out;
  }

  private long[] check(long[] classes, long[][] tokens) {
    if (classes.length != tokens.length || tokens[0].length > config.sequence().blockSize()) {
      throw new IllegalArgumentException(
          "%d classes, %d rows of %d tokens"
              .formatted(classes.length, tokens.length, tokens[0].length));
    }
    for (long[] row : tokens) {
      checkRange("token", row, config.sequence().vocabSize());
    }
    return checkClasses(classes);
  }

  /** A wrong index ends a GPU's process, so it is refused before. */
  private long[] checkClasses(long[] classes) {
    checkRange("class", classes, config.classRows());
    return classes;
  }

  private static void checkRange(String what, long[] ids, int limit) {
    for (long id : ids) {
      if (id < 0 || id >= limit) {
        throw new UserException(
            what + " " + id + " is not known to this transformer; it must be below " + limit);
      }
    }
  }

  private static NDArray ids(NDManager into, long[][] rows) {
    int columns = rows[0].length;
    long[] flat = Arrays.stream(rows).flatMapToLong(Arrays::stream).toArray();
    return columns == 0
        ? into.zeros(new Shape(rows.length, 0), DataType.INT64)
        : into.create(flat, new Shape(rows.length, columns));
  }

  @Override
  public void close() {
    kernel.close();
    manager.close();
  }
}
