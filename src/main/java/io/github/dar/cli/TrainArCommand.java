package io.github.dar.cli;

import io.github.dar.config.CodesFrom;
import io.github.dar.config.DataConfig;
import io.github.dar.config.RunConfig;
import io.github.dar.config.TrainingConfig;
import io.github.dar.config.TransformerConfig;
import io.github.dar.config.UserException;
import io.github.dar.data.ClassNames;
import io.github.dar.data.CodesFile;
import io.github.dar.data.CodesWriter;
import io.github.dar.data.ImageSource;
import io.github.dar.data.ImageTransform;
import io.github.dar.data.ShuffledCodes;
import io.github.dar.data.TrainingCodes;
import io.github.dar.engine.Compute;
import io.github.dar.generate.Encoding;
import io.github.dar.generate.FreshCodes;
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
        "%nThe same command continues a run that stopped. With --data the images are tokenized first, in all ten crops where fit is ten_crop; the codes stay in RUN/codes.npz for the next time. With -o ar_training.codes=on_the_fly each image is cut and tokenized anew whenever it comes. RUN/model is the model.")
final class TrainArCommand extends DarCommand {

  private static final int ENCODED_AT_ONCE = 64;

  @Mixin private TrainingOptions training;

  @Option(
      names = "--tokenizer",
      paramLabel = "DIR",
      required = true,
      description = "The model folder with the tokenizer, or the run that trained it.")
  private Path tokenizerFolder;

  @Option(names = "--data", paramLabel = "SRC", description = DataOptions.SOURCES)
  private String data;

  @Option(
      names = "--codes",
      paramLabel = "F.npz",
      description = "Codes and labels that dar tokenize has made.")
  private Path codesFile;

  @Mixin private DataOptions reading;

  TrainArCommand(Console console) {
    super(console);
  }

  @Override
  void run() {
    RunConfig preset = training.config(TransformerTrainer.SECTION, options());
    TransformerConfig ar = preset.model().requireAr("train-ar");
    TrainingConfig plan = preset.requireArTraining("train-ar").training();
    ModelFolder tokenizer = Models.open(tokenizerFolder, List.of());
    tokenizer.requireTokenizer("train-ar");
    TransformerTrainer.model(preset.model(), tokenizer.config());
    if ((data == null) == (codesFile == null)) {
      throw new UserException("train-ar: give either --data SRC or --codes F");
    }
    Optional<TrainingCodes> given = Optional.ofNullable(codesFile).map(f -> shuffled(f, plan));
    given.ifPresent(codes -> TransformerTrainer.check(codes, ar));
    RunConfig config = data == null ? preset : named(preset, plan, ar);
    TransformerTrainer.checkNames(config, tokenizer.config());
    if (training.dryRun()) {
      dryRun(config, plan, given);
      given.ifPresent(TrainingCodes::close);
      return;
    }
    note("ar: " + InfoReport.parameters(Transformer.parameters(ar)) + " parameters");
    // Before the work of tokenizing: a run of another configuration is refused here.
    try (RunFolder folder = training.open(config, TransformerTrainer.SECTION);
        StartingPoint start = training.start(folder, "ar", this::note);
        Compute compute = openCompute(plan.precision());
        TrainingCodes codes = given.orElseGet(() -> codes(compute, tokenizer, plan))) {
      Optional<Takeover> taken =
          start.weights().map(from -> TransformerTrainer.takeover(from, config.model()));
      taken.ifPresent(t -> t.lines().forEach(this::note));
      TrainingResult done =
          TransformerTrainer.run(compute, config, tokenizer, codes, folder, taken, progress());
      TrainingSummary summary =
          new TrainingSummary(folder.root(), TransformerTrainer.SECTION, plan, done, taken);
      result(summary.text());
      json(summary.fields());
    }
  }

  private void dryRun(RunConfig config, TrainingConfig plan, Optional<TrainingCodes> given) {
    RunFolder.check(training.out(), config, TransformerTrainer.SECTION);
    try (StartingPoint start = training.start("ar")) {
      DryRun dryRun =
          new DryRun(
              config,
              plan,
              TrainingEstimate.ofTransformer(config, onDevice(plan.precision())),
              given.map(TrainingCodes::images).orElseGet(() -> images(config, plan)),
              start.weights().map(from -> TransformerTrainer.takeover(from, config.model())));
      result(dryRun.text().strip());
      json(dryRun.fields());
    }
  }

  /**
   * Refuses classes that the data has and the model has not; takes the data's names if it has none.
   */
  private RunConfig named(RunConfig preset, TrainingConfig plan, TransformerConfig ar) {
    int classes = ar.sequence().numClasses();
    try (ImageSource source = reading.open(data, preset.model().imageSize(), plan.seed())) {
      int found = source.classNames().size();
      if (found > classes) {
        throw new UserException(
            "%s has %d classes, but ar.num_classes is %d: set it to %d"
                .formatted(data, found, classes, found));
      }
      ClassNames.checkOrder(data, source.classNames(), preset.model().classes());
      return preset.model().classes().isEmpty()
          ? preset.withClasses(ClassNames.taken(source.classNames(), classes))
          : preset;
    }
  }

  private int images(RunConfig config, TrainingConfig plan) {
    try (ImageSource source = reading.open(data, config.model().imageSize(), plan.seed())) {
      note(source.describe());
      return source.size();
    }
  }

  private static TrainingCodes shuffled(Path codes, TrainingConfig plan) {
    return new ShuffledCodes(CodesFile.open(codes), plan.seed());
  }

  private TrainingCodes codes(Compute compute, ModelFolder model, TrainingConfig plan) {
    ImageSource source = reading.open(data, model.config().imageSize(), plan.seed());
    note(source.describe());
    return plan.data().codes() == CodesFrom.ON_THE_FLY
        ? fresh(compute, model, source, plan)
        : ahead(compute, model, source, plan);
  }

  private static TrainingCodes fresh(
      Compute compute, ModelFolder model, ImageSource source, TrainingConfig plan) {
    DataConfig how = plan.data();
    ImageTransform transform = ImageTransform.of(model.config().imageSize(), how.fit(), how.flip());
    return new FreshCodes(model.tokenizer(compute), source, transform, plan.seed());
  }

  /** The codes of the images; those of an earlier start of the same command if there are any. */
  private TrainingCodes ahead(
      Compute compute, ModelFolder model, ImageSource source, TrainingConfig plan) {
    Path file = training.out().resolve("codes.npz");
    Path description = training.out().resolve("codes.txt");
    DataConfig how = plan.data();
    try (source) {
      EncodingPlan encoding =
          EncodingPlan.of(model, data, source, how.fit(), how.flip(), false, ENCODED_AT_ONCE);
      String what = encoding.layout().what() + "\n";
      boolean there =
          Files.exists(file)
              && Files.exists(description)
              && Files.readString(description).equals(what);
      if (!there) {
        OutputPaths.checkFile("--out", file);
        Files.deleteIfExists(description);
        encode(compute, model, source, encoding, file);
        Files.writeString(description, what);
      }
      return shuffled(file, plan);
    } catch (IOException e) {
      throw new UserException("can't write " + file + ": " + e.getMessage(), e);
    }
  }

  private void encode(
      Compute compute, ModelFolder model, ImageSource source, EncodingPlan plan, Path file) {
    try (CodesWriter codes = CodesWriter.open(file, plan.layout());
        Tokenizer tokenizer = model.tokenizer(compute);
        Progress progress =
            new Progress(progress(), "tokenize", "img", codes.next(), source.size())) {
      Encoding.encode(tokenizer, source, plan.squares(), plan.layout(), codes, progress::update);
      codes.finish(source.size());
    }
  }
}
