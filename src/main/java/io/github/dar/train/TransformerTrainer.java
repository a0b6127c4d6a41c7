package io.github.dar.train;

import io.github.dar.config.InitialClasses;
import io.github.dar.config.ModelConfig;
import io.github.dar.config.RunConfig;
import io.github.dar.config.TrainingConfig;
import io.github.dar.config.TransformerConfig;
import io.github.dar.config.TransformerTrainingConfig;
import io.github.dar.config.UserException;
import io.github.dar.data.TrainingCodes;
import io.github.dar.engine.Compute;
import io.github.dar.model.ClassWords;
import io.github.dar.model.ModelFolder;
import io.github.dar.model.Tokenizer;
import io.github.dar.model.Transformer;
import io.github.dar.model.Weights;
import io.github.dar.view.Progress;
import java.util.List;
import java.util.Optional;

/** Trains a transformer on codes: {@code dar train-ar}. */
public final class TransformerTrainer {

  /** The section of the configuration that says how. */
  public static final String SECTION = "ar_training";

  private TransformerTrainer() {}

  /**
   * Trains, or goes on where the run stopped. With its first checkpoint the run holds a whole
   * model.
   *
   * @param tokenizerFolder the tokenizer that made the codes
   * @param codes left open
   * @param start what a run without a checkpoint begins with beside fresh weights
   */
  public static TrainingResult run(
      Compute compute,
      RunConfig config,
      ModelFolder tokenizerFolder,
      TrainingCodes codes,
      RunFolder folder,
      Optional<Takeover> start,
      Progress.Output progress) {
    TransformerConfig network = config.model().requireAr("train-ar");
    TransformerTrainingConfig plan = config.requireArTraining("train-ar");
    TrainingConfig training = plan.training();
    ModelConfig model = model(config.model(), tokenizerFolder.config());
    check(codes, network);
    try (Tokenizer tokenizer = tokenizerFolder.tokenizer(compute);
        Weights weights =
            Weights.initial(compute, Transformer.parameters(network), training.seed())) {
      if (plan.initialClasses() == InitialClasses.WORDS) {
        ClassWords.into(weights, model.classes(), training.seed());
      }
      start.ifPresent(taken -> taken.into(weights));
      try (Transformer transformer =
              new Transformer(compute, network, weights, training.activationCheckpointing());
          Stage stage =
              new TransformerStage(
                  transformer, weights, tokenizerFolder, tokenizer, model, plan, codes)) {
        return new TrainingLoop(compute, training, folder, stage, progress).run();
      }
    }
  }

  /**
   * Refuses a configuration that needs names of classes which neither it nor the tokenizer has.
   *
   * @throws UserException if {@code initial_classes} is {@code words} and there are none
   */
  public static void checkNames(RunConfig config, ModelConfig tokenizer) {
    if (config.requireArTraining("train-ar").initialClasses() == InitialClasses.WORDS) {
      ClassWords.check(model(config.model(), tokenizer).classes());
    }
  }

  /** What of other weights a transformer of this configuration would start from. */
  public static Takeover takeover(StartingWeights from, ModelConfig model) {
    TransformerConfig network = model.requireAr("train-ar");
    return Takeover.of(
        from, Transformer.parameters(network), model.classes(), network.sequence().numClasses());
  }

  /**
   * The model that comes of it: with the tokenizer as it is, not as the training's configuration
   * describes it.
   *
   * @throws UserException if the transformer is for other tokens than the tokenizer makes
   */
  public static ModelConfig model(ModelConfig wanted, ModelConfig tokenizer) {
    int numClasses = wanted.requireAr("train-ar").sequence().numClasses();
    // The tokenizer may have been trained on other classes: their names say nothing then.
    List<String> known = tokenizer.classes().size() == numClasses ? tokenizer.classes() : List.of();
    return new ModelConfig(
        wanted.imageSize() > 0 ? wanted.imageSize() : tokenizer.imageSize(),
        Optional.of(tokenizer.requireTokenizer("train-ar")),
        wanted.ar(),
        wanted.classes().isEmpty() ? known : wanted.classes(),
        wanted.sampling());
  }

  /**
   * Refuses codes that the network can't be trained on.
   *
   * @throws UserException if they have another length or other classes
   */
  public static void check(TrainingCodes codes, TransformerConfig network) {
    int width = codes.tokens();
    if (width != network.sequence().blockSize()) {
      throw new UserException(
          "the codes have %d tokens an image, but ar.block_size is %d: set it to %d"
              .formatted(width, network.sequence().blockSize(), width));
    }
    if (codes.classes() > network.sequence().numClasses()) {
      throw new UserException(
          "the data has %d classes, but ar.num_classes is %d: set it to %d or give other data"
              .formatted(codes.classes(), network.sequence().numClasses(), codes.classes()));
    }
  }
}
