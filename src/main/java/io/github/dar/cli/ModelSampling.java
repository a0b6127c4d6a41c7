package io.github.dar.cli;

import io.github.dar.config.TransformerConfig;
import io.github.dar.config.UserException;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import io.github.dar.generate.Denoiser;
import io.github.dar.generate.SamplingOptions;
import io.github.dar.model.ModelFolder;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of {@code dar eval-fid} for images that a model makes. */
final class ModelSampling {

  /** What the literature's numbers are of. */
  private static final String USUAL_COUNT = "50000";

  private static final String BALANCED = "balanced";

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "Judge the images of this model, as they are generated; none is written.")
  private Path folder;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = USUAL_COUNT,
      description = "Images of --model in all. Default: ${DEFAULT-VALUE}.")
  private int count;

  @Option(
      names = "--classes",
      paramLabel = "HOW",
      defaultValue = BALANCED,
      description =
          "Classes of --model's images: balanced, all equally often, or random, each drawn. Default: ${DEFAULT-VALUE}.")
  private String classes;

  @Option(names = "--previews", description = "Measure the previews after each step as well.")
  private boolean previews;

  @Mixin private SamplingFlags sampling;

  @Option(
      names = "--sampler",
      paramLabel = "METHOD",
      defaultValue = "adams2",
      completionCandidates = Candidates.Samplers.class,
      description = "How the decoder denoises: adams2 or euler. Default: ${DEFAULT-VALUE}.")
  private Denoiser.Method sampler;

  @Option(
      names = "-o",
      paramLabel = "key.path=value",
      description = "Overrides a key of the model's config.yaml; repeatable.")
  private List<String> overrides = List.of();

  /** Whether a model's images are judged. */
  boolean isAsked() {
    return folder != null;
  }

  /** The model, checked to have both networks. */
  ModelFolder model() {
    ModelFolder model = Models.open(folder, overrides);
    model.requireTokenizer("eval-fid");
    model.requireTransformer("eval-fid");
    return model;
  }

  /**
   * The images.
   *
   * @param compute where they are to be generated
   */
  SampledImages images(ModelFolder model, Compute compute, long seed) {
    TransformerConfig ar = model.config().requireAr("eval-fid");
    SamplingOptions options = sampling.resolve(model.config());
    return new SampledImages(
        model,
        compute,
        classes(ar.sequence().numClasses(), seed),
        isBalanced(),
        options,
        sampler,
        seed,
        previews);
  }

  private boolean isBalanced() {
    return classes.equals(BALANCED);
  }

  private long[] classes(int numClasses, long seed) {
    if (isBalanced()) {
      return LongStream.range(0, count).map(i -> i % numClasses).toArray();
    }
    return LongStream.range(0, count)
        .map(i -> RandomStream.of(seed, Purpose.CLASS_CHOICE, i).nextInt(numClasses))
        .toArray();
  }

  /** Refuses what can't be, before anything is opened. */
  void check() {
    if (count < 2) {
      throw new UserException("--count " + count + ": statistics need 2 images or more");
    }
    if (!isBalanced() && !classes.equals("random")) {
      throw new UserException("--classes " + classes + ": unknown; use balanced or random");
    }
    if (previews && !isAsked()) {
      throw new UserException("--previews needs --model: only a model has them");
    }
  }
}
