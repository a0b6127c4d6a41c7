package io.github.dar.cli;

import io.github.dar.config.RunConfig;
import io.github.dar.config.TokenizerConfig;
import io.github.dar.config.TrainingConfig;
import io.github.dar.config.Yaml;
import io.github.dar.data.ImageSource;
import io.github.dar.engine.Compute;
import io.github.dar.model.Tokenizer;
import io.github.dar.train.TokenizerTrainer;
import java.util.Map;
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

  @Mixin private DataOptions reading;

  TrainTokenizerCommand(Console console) {
    super(console);
  }

  @Override
  void run() {
    RunConfig config = training.config("tokenizer_training", options());
    TokenizerConfig tokenizer = config.model().requireTokenizer("train-tokenizer");
    TrainingConfig plan = config.requireTokenizerTraining("train-tokenizer").training();
    int size = config.model().imageSize();
    try (ImageSource source = reading.open(data, size, plan.seed())) {
      note(source.describe());
      note("tokenizer: " + InfoReport.parameters(Tokenizer.parameters(tokenizer)) + " parameters");
      if (training.dryRun()) {
        console().out().print(Yaml.toYaml(config));
        return;
      }
      try (Compute compute = openCompute(plan.precision())) {
        TokenizerTrainer.run(compute, config, source, training.out(), training.fresh(), progress());
      }
      result(training.out().toString());
      json(Map.of("out", training.out().toString(), "steps", plan.schedule().steps()));
    }
  }
}
