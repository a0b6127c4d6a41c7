package io.github.dar.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.Fit;
import io.github.dar.config.ModelConfig;
import io.github.dar.config.TokenizerTrainingConfig;
import io.github.dar.config.TrainingConfig;
import io.github.dar.data.ImageBatch;
import io.github.dar.data.ImageSource;
import io.github.dar.data.ImageTransform;
import io.github.dar.engine.Purpose;
import io.github.dar.generate.Noise;
import io.github.dar.model.FlowSchedule;
import io.github.dar.model.ModelFolder;
import io.github.dar.model.TokenWindows;
import io.github.dar.model.Tokenizer;
import io.github.dar.model.TokenizerPart;
import io.github.dar.model.Weights;
import io.github.dar.weights.HostTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Training of the tokenizer: all its networks at once, each image at one drawn time (method
 * sections 4, 6, 7).
 */
final class TokenizerStage implements Stage {

  private final Tokenizer tokenizer;
  private final TokenizerTrainingConfig config;
  private final ImageSource source;
  private final ModelConfig model;
  private final int size;
  private final CodebookUsage usage;
  private final Judges judges;
  private final TrainingImages images;
  private final BatchParts batchParts;

  /**
   * @param judges stay the caller's
   */
  TokenizerStage(
      Tokenizer tokenizer,
      TokenizerTrainingConfig config,
      ImageSource source,
      ModelConfig model,
      Judges judges) {
    this.judges = judges;
    this.tokenizer = tokenizer;
    this.config = config;
    this.source = source;
    this.model = model;
    this.size = model.imageSize();
    this.usage = new CodebookUsage(tokenizer.config().vq().vqCodebookSize());
    this.images =
        new TrainingImages(
            source,
            ImageTransform.of(
                size, config.training().data().fit(), config.training().data().flip()),
            config.training().seed());
    // The discriminator learns from one part after the other.
    int atOnce = judges.adversary().isPresent() ? 1 : config.training().partsAtOnce();
    this.batchParts = new BatchParts(tokenizer.compute(), tokenizer.weights(), atOnce);
  }

  @Override
  public String name() {
    return "tokenizer";
  }

  @Override
  public String data() {
    return source.size() + " images of " + source.classNames().size() + " classes";
  }

  @Override
  public int tokens(long step) {
    return tokenizer.config().tokens().numAllQueries();
  }

  @Override
  public Weights weights() {
    return tokenizer.weights();
  }

  @Override
  public List<Checkpoint.Part> others() {
    return judges.adversary().map(Adversary::part).stream().toList();
  }

  @Override
  public void stepOthers(long step) {
    judges.adversary(step).ifPresent(adversary -> adversary.step(step));
  }

  @Override
  public boolean decays(String name) {
    return true;
  }

  @Override
  public Map<String, Double> gradients(long step, Weights gradients) {
    TrainingConfig training = config.training();
    int parts = training.accumulate();
    int count = training.batch() / parts;
    long first = step * training.batch();
    int draws = config.timesPerImage();
    float[] times = TrainingTimes.of(training.seed(), first, training.batch(), draws);
    try (NDManager scope = tokenizer.compute().manager().newSubManager()) {
      List<ImageBatch> drawn = new ArrayList<>();
      for (int part = 0; part < parts; part++) {
        drawn.add(images.next(first + (long) part * count, count));
      }
      float[] assignments = new float[0];
      if (parts > 1 && config.losses().entropy() > 0 && tokenizer.config().vq().vqEnable()) {
        assignments = assignments(drawn);
      }
      long seen = TokenWindows.seen(tokenizer.config().tokens(), times);
      TokenizerPart share = new TokenizerPart(1.0 / parts, seen, assignments);
      double flowTime = mean(flowTimes(times));
      NDList losses = new NDList();
      NDList codes = new NDList();
      List<NDList> results =
          batchParts.compute(
              parts,
              gradients,
              (part, added) -> {
                ImageBatch batch = drawn.get(part);
                int from = part * count * draws;
                float[] own = Arrays.copyOfRange(times, from, from + count * draws);
                try (NDManager inner = scope.newSubManager()) {
                  NDArray pictures = images(inner, batch);
                  NDList out =
                      gradients(inner, step, batch.position(), pictures, own, share, added);
                  NDArray verdicts =
                      adversary(inner, step, pictures, out.get(3), own, flowTime, parts);
                  NDArray named = NDArrays.concat(new NDList(out.get(0), verdicts));
                  return new NDList(attached(scope, named), attached(scope, out.get(1)));
                }
              });
      for (NDList result : results) {
        losses.add(result.get(0));
        codes.add(result.get(1));
      }
      usage.add(NDArrays.concat(codes).toLongArray(), training.batch());
      return judges.named(step, NDArrays.stack(losses).mean(new int[] {0}).toFloatArray());
    }
  }

  private static NDArray attached(NDManager scope, NDArray array) {
    array.attach(scope);
    return array;
  }

  private float[] flowTimes(float[] times) {
    return FlowSchedule.shifted(times, tokenizer.config().diffDecoder().flow().timeShift());
  }

  private NDList gradients(
      NDManager scope,
      long step,
      long position,
      NDArray images,
      float[] times,
      TokenizerPart share,
      Weights gradients) {
    NDArray noise =
        Noise.of(
            scope,
            config.training().seed(),
            Purpose.NOISE,
            position * config.timesPerImage(),
            times.length,
            size,
            size);
    return tokenizer.gradients(
        scope,
        images,
        noise,
        times,
        share,
        judges.losses(step),
        judges.inputs(scope, images, position, step),
        gradients);
  }

  /** The discriminator's turn: its loss and mean logits, or nothing before it plays. */
  private NDArray adversary(
      NDManager scope,
      long step,
      NDArray images,
      NDArray estimates,
      float[] times,
      double flowTime,
      int parts) {
    return judges
        .adversary(step)
        .map(
            adversary ->
                adversary.gradients(
                    scope,
                    images,
                    estimates,
                    scope.create(flowTimes(times)),
                    flowTime,
                    1.0 / parts))
        .orElseGet(() -> scope.create(new float[0]));
  }

  private static double mean(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  /** What the entropy loss takes of the whole batch: one more pass of the encoder. */
  private float[] assignments(List<ImageBatch> parts) {
    float[] mean = new float[tokenizer.config().vq().vqCodebookSize()];
    List<float[]> each =
        batchParts.compute(
            parts.size(),
            part -> {
              try (NDManager scope = tokenizer.compute().manager().newSubManager()) {
                return tokenizer.assignments(scope, images(scope, parts.get(part))).toFloatArray();
              }
            });
    for (float[] values : each) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] += values[i] / parts.size();
      }
    }
    return mean;
  }

  private NDArray images(NDManager scope, ImageBatch batch) {
    return scope.create(batch.pixels(), new Shape(batch.count(), 3, size, size));
  }

  @Override
  public Map<String, Double> report() {
    return usage.take();
  }

  @Override
  public double dataWait() {
    return images.waited();
  }

  @Override
  public Map<String, HostTensor> state() {
    return usage.state();
  }

  @Override
  public void restore(Map<String, HostTensor> state) {
    usage.restore(state);
  }

  @Override
  public void use(Weights weights) {
    tokenizer.use(weights);
  }

  /** A row an image: the original, then the preview after each step. */
  @Override
  public void sheet(Path png) {
    Fit fit = config.training().data().fit() == Fit.PAD ? Fit.PAD : Fit.CROP;
    ReconstructionSheet.write(png, tokenizer, source, ImageTransform.of(size, fit, false));
  }

  @Override
  public void export(Path folder, Weights averaged) {
    ModelFolder.writeTokenizer(folder, averaged.streamed());
    ModelFolder.describe(
        folder,
        model.tokenizerAlone(),
        "# A D-AR tokenizer\n\nTrained by dar on %s.\n".formatted(source.describe()));
  }

  @Override
  public void close() {
    batchParts.close();
    images.close();
  }
}
