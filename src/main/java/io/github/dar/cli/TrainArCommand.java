package io.github.dar.cli;

import io.github.dar.config.DataConfig;
import io.github.dar.config.RunConfig;
import io.github.dar.config.TrainingConfig;
import io.github.dar.config.TransformerConfig;
import io.github.dar.config.UserException;
import io.github.dar.data.ImageSource;
import io.github.dar.data.ImageSources;
import io.github.dar.data.ImageTransform;
import io.github.dar.data.TokenCodes;
import io.github.dar.engine.Compute;
import io.github.dar.generate.Encoding;
import io.github.dar.model.ModelFolder;
import io.github.dar.model.Tokenizer;
import io.github.dar.model.Transformer;
import io.github.dar.train.RunFolder;
import io.github.dar.train.Takeover;
import io.github.dar.train.TrainingEstimate;
import io.github.dar.train.TrainingResult;
import io.github.dar.train.TransformerTrainer;
import io.github.dar.view.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dar train-ar}. */
@Command(
    name = "train-ar",
    description = "Trains the transformer that predicts tokens from a class.",
    customSynopsis =
        "dar train-ar --config F --tokenizer DIR (--data SRC | --codes F) --out RUN [OPTIONS]",
    footer =
        "%nThe same command continues a run that stopped. With --data the images are tokenized first; the codes stay in RUN/codes.npz for the next time. RUN/model is the model.")
final class TrainArCommand extends DarCommand {

  private static final int ENCODED_AT_ONCE = 64;

  @Mixin private TrainingOptions training;

  @Option(
      names = "--tokenizer",
      paramLabel = "DIR",
      required = true,
      description = "The model folder with the tokenizer, or the run that trained it.")
  private Path tokenizerFolder;

  @Option(
      names = "--data",
      paramLabel = "SRC",
      description = "The images: DIR, idx:PATH-PREFIX or shapes:, each with #FROM:TO or not.")
  private String data;

  @Option(
      names = "--codes",
      paramLabel = "F.npz",
      description = "Codes and labels that dar tokenize has made.")
  private Path codesFile;

  TrainArCommand(Console console) {
    super(console);
  }

  @Override
  void run() {
    RunConfig config = training.config(TransformerTrainer.SECTION, options());
    TransformerConfig ar = config.model().requireAr("train-ar");
    TrainingConfig plan = config.requireArTraining("train-ar");
    ModelFolder tokenizer = Models.open(tokenizerFolder, List.of());
    Models.requireTokenizer(tokenizer, "train-ar");
    TransformerTrainer.model(config.model(), tokenizer.config());
    if ((data == null) == (codesFile == null)) {
      throw new UserException("train-ar: give either --data SRC or --codes F");
    }
    Optional<TokenCodes> given = Optional.ofNullable(codesFile).map(TokenCodes::read);
    given.ifPresent(codes -> TransformerTrainer.check(codes, ar));
    if (training.dryRun()) {
      dryRun(config, plan, given);
      return;
    }
    note("ar: " + InfoReport.parameters(Transformer.parameters(ar)) + " parameters");
    // Before the work of tokenizing: a run of another configuration is refused here.
    if (data != null) {
      checkClasses(config, plan, ar);
    }
    try (RunFolder folder = training.open(config, TransformerTrainer.SECTION);
        StartingPoint start = training.start(folder, "ar", this::note);
        Compute compute = openCompute(plan.precision())) {
      Optional<Takeover> taken =
          start.weights().map(from -> TransformerTrainer.takeover(from, config.model()));
      taken.ifPresent(t -> t.lines().forEach(this::note));
      TokenCodes codes = given.orElseGet(() -> encoded(compute, tokenizer, plan));
      TrainingResult done =
          TransformerTrainer.run(compute, config, tokenizer, codes, folder, taken, progress());
      TrainingSummary summary =
          new TrainingSummary(folder.root(), TransformerTrainer.SECTION, plan, done, taken);
      result(summary.text());
      json(summary.fields());
    }
  }

  private void dryRun(RunConfig config, TrainingConfig plan, Optional<TokenCodes> given) {
    RunFolder.check(training.out(), config, TransformerTrainer.SECTION);
    try (StartingPoint start = training.start("ar")) {
      DryRun dryRun =
          new DryRun(
              config,
              plan,
              TrainingEstimate.ofTransformer(config),
              given.map(codes -> codes.codes().length).orElseGet(() -> images(config, plan)),
              start.weights().map(from -> TransformerTrainer.takeover(from, config.model())));
      result(dryRun.text().strip());
      json(dryRun.fields());
    }
  }

  private void checkClasses(RunConfig config, TrainingConfig plan, TransformerConfig ar) {
    try (ImageSource source = ImageSources.open(data, config.model().imageSize(), plan.seed())) {
      int found = source.classNames().size();
      if (found > ar.sequence().numClasses()) {
        throw new UserException(
            "%s has %d classes, but ar.num_classes is %d: set it to %d"
                .formatted(data, found, ar.sequence().numClasses(), found));
      }
    }
  }

  private int images(RunConfig config, TrainingConfig plan) {
    try (ImageSource source = ImageSources.open(data, config.model().imageSize(), plan.seed())) {
      note(source.describe());
      return source.size();
    }
  }

  /** The codes of the images; those of an earlier start of the same command if there are any. */
  private TokenCodes encoded(Compute compute, ModelFolder model, TrainingConfig plan) {
    int size = model.config().imageSize();
    DataConfig how = plan.data();
    Path file = training.out().resolve("codes.npz");
    Path description = training.out().resolve("codes.txt");
    try (ImageSource source = ImageSources.open(data, size, plan.seed())) {
      note(source.describe());
      Path weights = model.path().resolve("tokenizer.safetensors");
      String what =
          "%s, %d images, fit %s, flip %s, by %s of %s%n"
              .formatted(
                  data,
                  source.size(),
                  how.fit(),
                  how.flip(),
                  weights.toAbsolutePath().normalize(),
                  Files.getLastModifiedTime(weights));
      if (Files.exists(file)
          && Files.exists(description)
          && Files.readString(description).equals(what)) {
        return TokenCodes.read(file);
      }
      OutputPaths.checkFile("--out", file);
      Files.deleteIfExists(description);
      TokenCodes codes =
          encode(compute, model, source, ImageTransform.of(size, how.fit(), how.flip()));
      codes.write(file);
      Files.writeString(description, what);
      return codes;
    } catch (IOException e) {
      throw new UserException("can't write " + file + ": " + e.getMessage(), e);
    }
  }

  private TokenCodes encode(
      Compute compute, ModelFolder model, ImageSource source, ImageTransform transform) {
    try (Tokenizer tokenizer = model.tokenizer(compute);
        Progress progress = new Progress(progress(), "tokenize", "img", 0, source.size())) {
      return Encoding.encode(tokenizer, source, transform, ENCODED_AT_ONCE, null, progress::update);
    }
  }
}
