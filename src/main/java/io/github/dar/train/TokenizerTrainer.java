package io.github.dar.train;

import io.github.dar.config.ModelConfig;
import io.github.dar.config.RunConfig;
import io.github.dar.config.TokenizerConfig;
import io.github.dar.config.TokenizerTrainingConfig;
import io.github.dar.data.ImageSource;
import io.github.dar.engine.Compute;
import io.github.dar.model.Tokenizer;
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
   * @param start what a run without a checkpoint begins with beside fresh weights
   */
  public static TrainingResult run(
      Compute compute,
      RunConfig config,
      ImageSource source,
      RunFolder folder,
      Optional<Takeover> start,
      Progress.Output progress) {
    TokenizerConfig model = config.model().requireTokenizer("train-tokenizer");
    TokenizerTrainingConfig training = config.requireTokenizerTraining("train-tokenizer");
    try (Weights weights =
        Weights.initial(compute, Tokenizer.parameters(model), training.training().seed())) {
      start.ifPresent(taken -> taken.into(weights));
      try (Tokenizer tokenizer =
              new Tokenizer(
                  compute, model, weights, training.training().activationCheckpointing());
          Stage stage = new TokenizerStage(tokenizer, training, source, config.model())) {
        return new TrainingLoop(compute, training.training(), folder, stage, progress).run();
      }
    }
  }

  /** What of other weights a tokenizer of this configuration would start from. */
  public static Takeover takeover(StartingWeights from, ModelConfig model) {
    TokenizerConfig network = model.requireTokenizer("train-tokenizer");
    return Takeover.of(from, Tokenizer.parameters(network), List.of(), 0);
  }
}
