package io.github.dar.train;

import io.github.dar.config.InitialWeights;
import io.github.dar.config.RunConfig;
import io.github.dar.config.TokenizerConfig;
import io.github.dar.config.TokenizerTrainingConfig;
import io.github.dar.config.UserException;
import io.github.dar.data.ImageSource;
import io.github.dar.engine.Compute;
import io.github.dar.features.FeatureFiles;
import io.github.dar.model.LocalStart;
import io.github.dar.model.ParameterSpec;
import io.github.dar.model.Tokenizer;
import io.github.dar.model.TokenizerLosses;
import io.github.dar.model.Weights;
import io.github.dar.view.Progress;
import java.util.List;
import java.util.Optional;

/** Trains a tokenizer: {@code dar train-tokenizer}. */
public final class TokenizerTrainer {

  /** The section of the configuration that says how. */
  public static final String SECTION = "tokenizer_training";

  private TokenizerTrainer() {}

  /**
   * Trains, or goes on where the run stopped. With each checkpoint the run holds a model with the
   * averaged weights.
   *
   * @param files where the weights of the judging networks lie
   * @param start what a run without a checkpoint begins with beside fresh weights
   */
  public static TrainingResult run(
      Compute compute,
      RunConfig config,
      ImageSource source,
      FeatureFiles files,
      RunFolder folder,
      Optional<Takeover> start,
      Progress.Output progress) {
    TokenizerConfig model = config.model().requireTokenizer("train-tokenizer");
    TokenizerTrainingConfig training = config.requireTokenizerTraining("train-tokenizer");
    List<ParameterSpec> parameters = Tokenizer.parameters(model, training.losses().repa() > 0);
    try (Judges judges = Judges.load(compute, config, files);
        Weights weights = Weights.initial(compute, parameters, training.training().seed())) {
      if (training.initialWeights() == InitialWeights.LOCAL) {
        LocalStart.into(
            weights, parameters, model, config.model().imageSize(), training.training().seed());
      }
      start.ifPresent(taken -> taken.into(weights));
      try (Tokenizer tokenizer =
              new Tokenizer(compute, model, weights, TokenizerLosses.of(training));
          Stage stage = new TokenizerStage(tokenizer, training, source, config.model(), judges)) {
        return new TrainingLoop(compute, training.training(), folder, stage, progress).run();
      }
    }
  }

  /**
   * Refuses a configuration whose losses need what isn't there, before any work is done.
   *
   * @param files where the weights of the judging networks lie
   * @throws UserException naming the file and how to get it, or the key that does without
   */
  public static void check(RunConfig config, FeatureFiles files) {
    Judges.check(config, files);
  }

  /** What of other weights a tokenizer of this configuration would start from. */
  public static Takeover takeover(StartingWeights from, RunConfig config) {
    TokenizerConfig network = config.model().requireTokenizer("train-tokenizer");
    boolean withRepa = config.requireTokenizerTraining("train-tokenizer").losses().repa() > 0;
    return Takeover.of(from, Tokenizer.parameters(network, withRepa), List.of(), 0);
  }
}
