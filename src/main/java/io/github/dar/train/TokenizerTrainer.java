package io.github.dar.train;

import io.github.dar.config.RunConfig;
import io.github.dar.config.TokenizerConfig;
import io.github.dar.config.TokenizerTrainingConfig;
import io.github.dar.data.ImageSource;
import io.github.dar.engine.Compute;
import io.github.dar.model.Tokenizer;
import io.github.dar.model.Weights;
import io.github.dar.view.Progress;
import java.nio.file.Path;

/** Trains a tokenizer: {@code dar train-tokenizer}. */
public final class TokenizerTrainer {

  private TokenizerTrainer() {}

  /**
   * Trains, or goes on where the run in {@code out} stopped. At the end the folder is also a model
   * folder with the averaged weights.
   *
   * @param fresh starts over
   */
  public static void run(
      Compute compute,
      RunConfig config,
      ImageSource source,
      Path out,
      boolean fresh,
      Progress.Output progress) {
    TokenizerConfig model = config.model().requireTokenizer("train-tokenizer");
    TokenizerTrainingConfig training = config.requireTokenizerTraining("train-tokenizer");
    RunFolder folder = RunFolder.open(out, config, fresh);
    try (Weights weights =
            Weights.initial(compute, Tokenizer.parameters(model), training.training().seed());
        Tokenizer tokenizer =
            new Tokenizer(compute, model, weights, training.training().activationCheckpointing());
        Stage stage = new TokenizerStage(tokenizer, training, source, config.model())) {
      new TrainingLoop(compute, training.training(), folder, stage, progress).run();
    }
  }
}
