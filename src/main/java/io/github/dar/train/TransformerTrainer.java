package io.github.dar.train;

import io.github.dar.config.ModelConfig;
import io.github.dar.config.RunConfig;
import io.github.dar.config.TrainingConfig;
import io.github.dar.config.TransformerConfig;
import io.github.dar.config.UserException;
import io.github.dar.data.TrainingCodes;
import io.github.dar.engine.Compute;
import io.github.dar.model.ModelFolder;
import io.github.dar.model.Tokenizer;
import io.github.dar.model.Transformer;
import io.github.dar.model.Weights;
import io.github.dar.view.Progress;
import java.nio.file.Path;
import java.util.Optional;

/** Trains a transformer on codes: {@code dar train-ar}. */
public final class TransformerTrainer {

  private TransformerTrainer() {}

  /**
   * Trains, or goes on where the run in {@code out} stopped. With its first checkpoint the run
   * holds a whole model.
   *
   * @param tokenizerFolder the tokenizer that made the codes
   * @param codes left open
   * @param fresh starts over
   */
  public static void run(
      Compute compute,
      RunConfig config,
      ModelFolder tokenizerFolder,
      TrainingCodes codes,
      Path out,
      boolean fresh,
      Progress.Output progress) {
    TransformerConfig network = config.model().requireAr("train-ar");
    TrainingConfig training = config.requireArTraining("train-ar");
    ModelConfig model = whole(config.model(), tokenizerFolder.config());
    check(codes, network);
    RunFolder folder = RunFolder.open(out, config, fresh);
    try (Tokenizer tokenizer = tokenizerFolder.tokenizer(compute);
        Weights weights =
            Weights.initial(compute, Transformer.parameters(network), training.seed());
        Transformer transformer = new Transformer(compute, network, weights);
        Stage stage =
            new TransformerStage(
                transformer, weights, tokenizerFolder, tokenizer, model, training, codes)) {
      new TrainingLoop(compute, training, folder, stage, progress).run();
    }
  }

  /** The tokenizer as it is, not as the training's configuration describes it. */
  private static ModelConfig whole(ModelConfig wanted, ModelConfig tokenizer) {
    return new ModelConfig(
        wanted.imageSize() > 0 ? wanted.imageSize() : tokenizer.imageSize(),
        Optional.of(tokenizer.requireTokenizer("train-ar")),
        wanted.ar(),
        wanted.classes().isEmpty() ? tokenizer.classes() : wanted.classes());
  }

  private static void check(TrainingCodes codes, TransformerConfig network) {
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
