package io.github.dar.cli;

import io.github.dar.config.LossWeights;
import io.github.dar.config.RunConfig;
import io.github.dar.config.TokenizerConfig;
import io.github.dar.config.TrainingConfig;
import io.github.dar.data.ImageSource;
import io.github.dar.engine.Compute;
import io.github.dar.features.FeatureFiles;
import io.github.dar.fetch.WeightsFolder;
import io.github.dar.model.Tokenizer;
import io.github.dar.train.RunFolder;
import io.github.dar.train.Takeover;
import io.github.dar.train.TokenizerTrainer;
import io.github.dar.train.TrainingEstimate;
import io.github.dar.train.TrainingResult;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dar train-tokenizer}. */
@Command(
    name = "train-tokenizer",
    description = "Trains the tokenizer: images to tokens and back.",
    customSynopsis = "dar train-tokenizer --config F --data SRC --out RUN [OPTIONS]",
    footer =
        "%nThe same command continues a run that stopped. RUN gets config.yaml, metrics.jsonl, samples/, checkpoints/, TensorBoard events and the model.")
final class TrainTokenizerCommand extends DarCommand {

  @Mixin private TrainingOptions training;

  @Option(names = "--data", paramLabel = "SRC", required = true, description = DataOptions.SOURCES)
  private String data;

  @Option(
      names = "--weights-dir",
      paramLabel = "DIR",
      description =
          "Where the weights of VGG16 and DINOv2 lie, if losses need them. Default: DAR_WEIGHTS, else the cache of 'dar fetch'.")
  private Path weightsDir;

  @Mixin private DataOptions reading;

  TrainTokenizerCommand(Console console) {
    super(console);
  }

  @Override
  void run() {
    RunConfig config = training.config(TokenizerTrainer.SECTION, options());
    TokenizerConfig tokenizer = config.model().requireTokenizer("train-tokenizer");
    TrainingConfig plan = config.requireTokenizerTraining("train-tokenizer").training();
    FeatureFiles files =
        new FeatureFiles(WeightsFolder.of(Optional.ofNullable(weightsDir), console().env()));
    TokenizerTrainer.check(config, files);
    int size = config.model().imageSize();
    try (ImageSource source = reading.open(data, size, plan.seed())) {
      note(source.describe());
      if (training.dryRun()) {
        dryRun(config, plan, source.size());
        return;
      }
      note("tokenizer: " + InfoReport.parameters(Tokenizer.parameters(tokenizer)) + " parameters");
      try (RunFolder folder = training.open(config, TokenizerTrainer.SECTION);
          StartingPoint start = training.start(folder, "tokenizer", this::note);
          Compute compute = openCompute(plan.precision())) {
        Optional<Takeover> taken =
            start.weights().map(from -> TokenizerTrainer.takeover(from, config));
        taken.ifPresent(t -> t.lines().forEach(this::note));
        TrainingResult done =
            TokenizerTrainer.run(compute, config, source, files, folder, taken, progress());
        TrainingSummary summary =
            new TrainingSummary(folder.root(), TokenizerTrainer.SECTION, plan, done, taken);
        result(summary.text());
        json(summary.fields());
      }
    }
  }

  private void dryRun(RunConfig config, TrainingConfig plan, long images) {
    RunFolder.check(training.out(), config, TokenizerTrainer.SECTION);
    try (StartingPoint start = training.start("tokenizer")) {
      DryRun dryRun =
          new DryRun(
              config,
              plan,
              TrainingEstimate.ofTokenizer(config, onDevice(plan.precision())),
              images,
              start.weights().map(from -> TokenizerTrainer.takeover(from, config)));
      LossWeights losses = config.requireTokenizerTraining("train-tokenizer").losses();
      if (losses.lpips() != 0 || losses.repa() > 0 || losses.gan() > 0) {
        note("the estimate leaves out the networks that judge: VGG16, DINOv2, the discriminator");
      }
      result(dryRun.text().strip());
      json(dryRun.fields());
    }
  }
}
