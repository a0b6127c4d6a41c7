package io.github.dar.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.github.dar.config.LossWeights;
import io.github.dar.config.TokenizerConfig;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Kernel;
import io.github.dar.weights.HostTensor;
import io.github.dar.weights.StateDicts;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The tokenizer: encoder, quantizer, causal condition decoder and pixel-space diffusion decoder
 * (method sections 2 to 7; vq_model.py). Methods may be called from several threads at once; {@link
 * #use} may not.
 *
 * <p>Shapes: B images, N tokens, Q tokens a step, C channels of the codebook, D width.
 */
public final class Tokenizer implements AutoCloseable {

  /** Tensors that a file may hold although sampling doesn't use them. */
  public static final List<Predicate<String>> OPTIONAL =
      List.of(
          StateDicts.names("diff_decoder.net.repa_out.*"),
          StateDicts.names("quantize.codebook_used"));

  private final Compute compute;
  private final TokenizerConfig config;
  private final Optional<Weights> weights;
  private final Kernel kernel;
  private final TokenizerRopes ropes;

  /**
   * @param weights as {@link #parameters} lists them; they stay the caller's
   */
  public Tokenizer(Compute compute, TokenizerConfig config, Weights weights) {
    this(compute, config, weights, TokenizerLosses.PLAIN);
  }

  /**
   * A tokenizer to train.
   *
   * @param losses how its losses are computed
   */
  public Tokenizer(
      Compute compute, TokenizerConfig config, Weights weights, TokenizerLosses losses) {
    this(compute, config, Optional.of(weights), losses);
    use(weights);
  }

  private Tokenizer(
      Compute compute, TokenizerConfig config, Optional<Weights> weights, TokenizerLosses losses) {
    this.compute = compute;
    this.config = config;
    this.weights = weights;
    this.kernel = TokenizerKernel.load(compute, config, losses);
    this.ropes = new TokenizerRopes(compute.manager(), config);
  }

  /**
   * A tokenizer that can't be trained. It holds its weights once, in the form in which they are
   * read fastest.
   *
   * @param source named in errors: the file
   * @param found the weights, of any floating type
   * @throws io.github.dar.config.UserException listing what is missing, unexpected or of another
   *     shape
   */
  public static Tokenizer forInference(
      Compute compute, TokenizerConfig config, String source, Map<String, HostTensor> found) {
    Tokenizer network = new Tokenizer(compute, config, Optional.empty(), TokenizerLosses.PLAIN);
    Weights.stream(
        compute, parameters(config), source, found, OPTIONAL, Weights.SOME, network::load);
    return network;
  }

  private void load(Map<String, NDArray> some) {
    try (NDManager scratch = compute.manager().newSubManager()) {
      kernel.run(scratch, "load", some);
    }
  }

  /** Names and shapes of all weights but those of the REPA head. */
  public static List<ParameterSpec> parameters(TokenizerConfig config) {
    return TokenizerParameters.of(config, false);
  }

  /**
   * Names and shapes of all weights.
   *
   * @param withRepa whether the head of the REPA loss is among them: it is needed to train with
   *     that loss only
   */
  public static List<ParameterSpec> parameters(TokenizerConfig config, boolean withRepa) {
    return TokenizerParameters.of(config, withRepa);
  }

  /**
   * Computes with these weights from now on, for everything but training.
   *
   * @param source the tokenizer's own, changed by training, or their average
   */
  public void use(Weights source) {
    load(source.arrays());
  }

  /**
   * Latents before quantisation.
   *
   * @param images {@code [B, 3, H, W]} in [-1, 1]
   * @return {@code [B, N, C]}
   */
  public NDArray latents(NDManager into, NDArray images) {
    return encode(into, images).get(0);
  }

  /**
   * Codes of images.
   *
   * @param images {@code [B, 3, H, W]} in [-1, 1]
   * @return {@code [B, N]} int64
   */
  public NDArray codes(NDManager into, NDArray images) {
    config.requireCodes("tokenizing");
    return encode(into, images).get(1);
  }

  /**
   * Latents {@code [B, N, C]} and, where there is a codebook, codes {@code [B, N]}.
   *
   * @param images {@code [B, 3, H, W]} in [-1, 1]
   */
  public NDList encode(NDManager into, NDArray images) {
    return kernel.run(into, "encode", images, ropes.encoder(images.getShape()));
  }

  /** What the condition decoder gets in evaluation: {@code [B, N, C]} to the same. */
  public NDArray quantize(NDManager into, NDArray latents) {
    return kernel.run(into, "quantize", latents).singletonOrThrow();
  }

  /** Unit codebook rows: {@code [B, N]} int64 to {@code [B, N, C]}. */
  public NDArray entries(NDManager into, NDArray codes) {
    return kernel.run(into, "entries", codes).singletonOrThrow();
  }

  /** Conditions of all tokens: {@code [B, N, C]} to {@code [B, N, D]}. */
  public NDArray conditions(NDManager into, NDArray quantized) {
    return kernel.run(into, "condition", quantized).singletonOrThrow();
  }

  /**
   * Velocity at a point of the flow.
   *
   * @param xt {@code [B, 3, H, W]}
   * @param time flow time, shifted, {@code [B]}
   * @param condition of this step's tokens, {@code [B, Q, D]}
   * @return {@code [B, 3, H, W]}
   */
  public NDArray velocity(NDManager into, NDArray xt, NDArray time, NDArray condition) {
    return kernel
        .run(into, "velocity", xt, time, condition, ropes.decoder(xt.getShape()))
        .singletonOrThrow();
  }

  /**
   * The projected tokens that enter the REPA layer, pooled to at most 16 rows: {@code [B, T',
   * 768]}. Needs weights with the REPA head.
   */
  public NDArray repaFeatures(NDManager into, NDArray xt, NDArray time, NDArray condition) {
    int patch = config.diffDecoder().patchSize();
    int height = (int) xt.getShape().get(2) / patch;
    int width = (int) xt.getShape().get(3) / patch;
    int stride = Math.max(1, height / 16);
    return kernel
        .run(
            into,
            "velocity_and_repa",
            xt,
            time,
            condition,
            ropes.decoder(xt.getShape()),
            height,
            width,
            stride)
        .get(1);
  }

  /** Starts to compute conditions token by token for {@code batch} images. */
  public ConditionStream conditionStream(int batch) {
    return new ConditionStream(this, batch);
  }

  NDArray conditionIncrement(NDManager into, NDArray codes, int start, List<NDArray> caches) {
    return kernel.run(into, "condition_increment", codes, start, caches).singletonOrThrow();
  }

  /**
   * The mean assignment of the tokens of some images to each code, as the entropy loss takes it: a
   * batch in parts needs it of all its images first.
   *
   * @param images {@code [B, 3, H, W]} in [-1, 1]
   * @return {@code [V]}
   */
  public NDArray assignments(NDManager into, NDArray images) {
    return kernel
        .train(into, "assignments", images, ropes.encoder(images.getShape()), weights().arrays())
        .singletonOrThrow();
  }

  /** The same without the losses that need other networks. */
  public NDList gradients(
      NDManager into,
      NDArray images,
      NDArray noise,
      float[] times,
      TokenizerPart part,
      LossWeights losses,
      Weights gradients) {
    return gradients(into, images, noise, times, part, losses, Map.of(), gradients);
  }

  /**
   * Adds the gradients of one micro-batch's loss.
   *
   * @param images {@code [B, 3, H, W]} in [-1, 1]
   * @param noise standard normal, {@code [B * K, 3, H, W]}: each image is encoded once and noised K
   *     times
   * @param times unshifted, {@code [B * K]} in [0, 1), those of an image together
   * @param part what the loss must know of the batch that this is a part of
   * @param losses weights of the losses
   * @param judges what the last three losses need, each only if it has a weight: LPIPS's weights
   *     and {@code seeds} {@code [B]} int64 of its dropout (or none), DINOv2's {@code
   *     repa_features} {@code [B, 256, 768]}, the discriminator's weights
   * @param gradients added to
   * @return losses (total, codebook, commitment, entropy, flow, perceptual, alignment,
   *     adversarial), codes {@code [B, N]}, x_t and the estimates of the images
   */
  public NDList gradients(
      NDManager into,
      NDArray images,
      NDArray noise,
      float[] times,
      TokenizerPart part,
      LossWeights losses,
      Map<String, NDArray> judges,
      Weights gradients) {
    long[] begin = new long[times.length];
    for (int i = 0; i < begin.length; i++) {
      begin[i] = TokenWindows.beginTraining(config.tokens(), times[i]);
    }
    try (NDManager scratch = into.newSubManager()) {
      return kernel.train(
          into,
          "gradients",
          images,
          noise,
          scratch.create(times),
          scratch.create(begin),
          ropes.encoder(images.getShape()),
          ropes.decoder(images.getShape()),
          scratch.create((float) part.share()),
          scratch.create((float) (part.seen() * part.share())),
          scratch.create(part.assignments()),
          scratch.create(TokenizerKernel.factors(losses)),
          // Kernel.train can't pass an empty dict.
          judges.isEmpty() ? Map.of("none", scratch.create(0f)) : judges,
          weights().arrays(),
          gradients.arrays());
    }
  }

  /**
   * The quantizer alone in training: codes, straight-through output, its three losses, and the
   * gradients of their sum plus {@code sum(output * probe)} by latents and codebook.
   */
  NDList quantizerGradients(
      NDManager into,
      NDArray latents,
      NDArray codebook,
      NDArray last,
      float[] weights,
      NDArray probe) {
    try (NDManager scratch = into.newSubManager()) {
      return kernel.train(
          into, "quantizer_gradients", latents, codebook, last, scratch.create(weights), probe);
    }
  }

  /** Returns the configuration. */
  public TokenizerConfig config() {
    return config;
  }

  /** Returns the float32 weights of a tokenizer to train. */
  public Weights weights() {
    return weights.orElseThrow(
        () -> new IllegalStateException("a tokenizer for inference has no weights to train"));
  }

  /** Returns the device and the precision it computes with. */
  public Compute compute() {
    return compute;
  }

  @Override
  public void close() {
    kernel.close();
    ropes.close();
  }
}
