package io.github.dar.train;

import io.github.dar.config.DiffusionDecoderConfig;
import io.github.dar.config.OptimizerConfig;
import io.github.dar.config.Precision;
import io.github.dar.config.RunConfig;
import io.github.dar.config.SequenceConfig;
import io.github.dar.config.TokenizerConfig;
import io.github.dar.config.TrainingConfig;
import io.github.dar.config.TransformerConfig;
import io.github.dar.model.ParameterSpec;
import io.github.dar.model.Tokenizer;
import io.github.dar.model.Transformer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * How large a training is, without running it.
 *
 * @param parameters learned values by network
 * @param weights bytes of the float32 weights
 * @param gradients bytes of the gradients
 * @param moments bytes of AdamW's two moments
 * @param average bytes of the averaged weights
 * @param work bytes of the copies that the micro-batches of one time compute with, of their own
 *     gradients, and of the copy that inference reads
 * @param activations bytes that these micro-batches keep for their backward pass, about
 */
public record TrainingEstimate(
    Map<String, Long> parameters,
    long weights,
    long gradients,
    long moments,
    long average,
    long work,
    long activations) {

  /**
   * The program itself: libtorch, the JVM and its heap while it is small; it may grow up to -Xmx.
   */
  public static final long PROGRAM = 380L << 20;

  /**
   * Bytes kept for the backward pass in bf16, for each token and channel of a block: the residual
   * stream and what the norms keep in float32, the operands of the matrix products in 2 bytes.
   */
  private static final double TRANSFORMER_BLOCK = 70;

  /** The same in the encoder and the condition decoder, which norm heads too. */
  private static final double TOKENIZER_BLOCK = 82;

  /** The same in the diffusion decoder, with six modulations a token and two attentions. */
  private static final double DIFFUSION_BLOCK = 162;

  /** Bytes for each head and pair of positions: its attention, where pairs are few (blocks.py). */
  private static final double PAIR = 4;

  /**
   * The same where they are many; in float32 nothing is kept of those. On a GPU neither; this is
   * counted all the same, as only the precision is known.
   */
  private static final double PAIR_IN_BF16 = 2;

  private static final int FEW_PAIRS = 65_536;

  /** Bytes of the logits that are computed at a time, and what is made of them (transformer.py). */
  private static final long LOGITS = 56L << 20;

  /** How much more is kept where the operands are float32 as well. */
  private static final double IN_FLOAT32 = 1.4;

  private static final int FLOAT = 4;

  /** Everything together, with {@link #PROGRAM}. */
  public long bytes() {
    return PROGRAM + weights + gradients + moments + average + work + activations;
  }

  /** Bytes of a checkpoint on disk. */
  public long checkpoint() {
    return weights + moments + average;
  }

  /**
   * The training of a tokenizer.
   *
   * @param precision FP32 or BF16: what the training's own comes to on its device
   */
  public static TrainingEstimate ofTokenizer(RunConfig config, Precision precision) {
    TokenizerConfig model = config.model().requireTokenizer("train-tokenizer");
    TrainingConfig training = config.requireTokenizerTraining("train-tokenizer").training();
    int size = config.model().imageSize();
    DiffusionDecoderConfig diffusion = model.diffDecoder();
    int queries = model.tokens().numAllQueries();
    double encoder = square(size / model.encoderPatchSize()) + queries;
    double patches = square(size / diffusion.patchSize());
    double perImage =
        stack(
                training,
                model.numEncoderLayers(),
                encoder * model.encoderDim(),
                TOKENIZER_BLOCK,
                attention(precision, encoder, encoder, heads(model.encoderDim())))
            + stack(
                training,
                model.numDecoderLayers(),
                (double) queries * model.decoderDim(),
                TOKENIZER_BLOCK,
                attention(precision, queries, queries, heads(model.decoderDim())))
            + config.requireTokenizerTraining("train-tokenizer").timesPerImage()
                * stack(
                    training,
                    diffusion.depth(),
                    patches * diffusion.dim(),
                    DIFFUSION_BLOCK,
                    attention(precision, patches, patches, heads(diffusion.dim()))
                        + attention(
                            precision,
                            patches,
                            model.tokens().queriesPerStep(),
                            heads(diffusion.dim())));
    boolean withRepa = config.requireTokenizerTraining("train-tokenizer").losses().repa() > 0;
    return of(
        Tokenizer.parameters(model, withRepa),
        TrainingEstimate::tokenizerPart,
        training,
        precision,
        perImage,
        0);
  }

  /**
   * Bytes that a stack of blocks keeps: what every block keeps, or with activation checkpointing
   * its input, and one block that is computed again.
   *
   * @param values of a block's input: tokens by width
   * @param each bytes that a block keeps for each of them
   * @param attention bytes that a block keeps of its attention
   */
  private static double stack(
      TrainingConfig training, int blocks, double values, double each, double attention) {
    double block = each * values + attention;
    return training.activationCheckpointing() && blocks > 0
        ? FLOAT * values * blocks + block
        : block * blocks;
  }

  private static double attention(Precision precision, double queries, double keys, int heads) {
    double pairs = queries * keys;
    double each = precision == Precision.BF16 ? PAIR_IN_BF16 : 0;
    return (pairs <= FEW_PAIRS ? PAIR : each) * heads * pairs;
  }

  private static int heads(int width) {
    return width / TokenizerConfig.HEAD_SIZE;
  }

  /**
   * The training of a transformer.
   *
   * @param precision FP32 or BF16: what the training's own comes to on its device
   */
  public static TrainingEstimate ofTransformer(RunConfig config, Precision precision) {
    TransformerConfig model = config.model().requireAr("train-ar");
    SequenceConfig sequence = model.sequence();
    TrainingConfig training = config.requireArTraining("train-ar").training();
    double perImage =
        stack(
            training,
            model.nLayer(),
            (double) sequence.blockSize() * model.dim(),
            TRANSFORMER_BLOCK,
            attention(precision, sequence.blockSize(), sequence.blockSize(), model.nHead()));
    return of(
        Transformer.parameters(model),
        TrainingEstimate::transformerPart,
        training,
        precision,
        perImage,
        LOGITS);
  }

  private static TrainingEstimate of(
      List<ParameterSpec> specs,
      Function<String, String> part,
      TrainingConfig training,
      Precision precision,
      double perImage,
      long once) {
    Map<String, Long> parameters = new LinkedHashMap<>();
    specs.forEach(spec -> parameters.merge(part.apply(spec.name()), spec.elements(), Long::sum));
    long bytes = FLOAT * parameters.values().stream().mapToLong(Long::longValue).sum();
    OptimizerConfig optimizer = training.optimizer();
    int microBatch = training.batch() / training.accumulate();
    boolean float32 = precision == Precision.FP32;
    return new TrainingEstimate(
        parameters,
        bytes,
        bytes,
        2 * bytes,
        optimizer.ema() > 0 ? bytes : 0,
        (float32 ? bytes : bytes + bytes / 2) * training.partsAtOnce()
            // What inference reads.
            + (float32 ? bytes : bytes / 2)
            + (training.partsAtOnce() > 1 ? bytes * training.partsAtOnce() : 0),
        (long) (perImage * microBatch * training.partsAtOnce() * (float32 ? IN_FLOAT32 : 1))
            + once * training.partsAtOnce());
  }

  private static double square(int side) {
    return (double) side * side;
  }

  private static String tokenizerPart(String name) {
    if (name.startsWith("diff_decoder.")) {
      return "diffusion decoder";
    }
    if (name.startsWith("quantize.")) {
      return "codebook";
    }
    return name.startsWith("decoder_") || name.startsWith("quant_out")
        ? "condition decoder"
        : "encoder";
  }

  private static String transformerPart(String name) {
    return name.startsWith("layers.")
        ? "blocks"
        : name.contains("embedding") ? "embeddings" : "output";
  }
}
