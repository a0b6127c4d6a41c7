package io.github.dar.cli;

import io.github.dar.config.Precision;
import io.github.dar.config.TokenizerConfig;
import io.github.dar.config.UserException;
import io.github.dar.data.ImageSource;
import io.github.dar.data.ImageSources;
import io.github.dar.data.RgbImage;
import io.github.dar.engine.Compute;
import io.github.dar.eval.EvaluationReport;
import io.github.dar.eval.EvaluationReport.Value;
import io.github.dar.eval.Measure;
import io.github.dar.eval.PairQuality;
import io.github.dar.eval.PictureReader;
import io.github.dar.eval.ReconstructionRows;
import io.github.dar.eval.SetComparison;
import io.github.dar.features.FeatureExtractor;
import io.github.dar.features.Lpips;
import io.github.dar.generate.Denoiser;
import io.github.dar.generate.Reconstructor;
import io.github.dar.model.ModelFolder;
import io.github.dar.model.Tokenizer;
import io.github.dar.view.Pngs;
import io.github.dar.view.Progress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dar reconstruct}. */
@Command(
    name = "reconstruct",
    description =
        "Measures a tokenizer: images become tokens and images again; rFID, PSNR, SSIM, LPIPS, use of the codebook.",
    customSynopsis = "dar reconstruct --tokenizer DIR --data SRC [OPTIONS]",
    footer =
        "%nDIR gets results.json, with all that decides the values, and sheet.png, the first images and what they became. The same command goes on where it stopped. Computes in fp32 unless --precision says bf16.")
final class ReconstructCommand extends DarCommand {

  private static final String NAME = "reconstruct";
  private static final String RESULTS = "results.json";
  private static final String SHEET = "sheet.png";

  /** The network that LPIPS looks through, as 'dar fetch' calls it. */
  private static final String VGG16 = "vgg16";

  @Option(
      names = "--tokenizer",
      paramLabel = "DIR",
      required = true,
      description = "The model folder with the tokenizer.")
  private Path folder;

  @Option(names = "--data", paramLabel = "SRC", required = true, description = DataOptions.SOURCES)
  private String data;

  @Option(names = "--metrics", paramLabel = "LIST", description = ReconstructionMetrics.HELP)
  private String metrics;

  @Option(
      names = "--previews",
      description = "Measure what there is after each number of denoising steps as well.")
  private boolean previews;

  @Mixin private FeatureOptions features;

  @Option(
      names = "--fit",
      paramLabel = "HOW",
      completionCandidates = Candidates.Fits.class,
      defaultValue = "auto",
      description =
          "How images come to size, originals too: crop, pad, or auto, which pads smaller ones. Default: ${DEFAULT-VALUE}.")
  private String fit;

  @Option(
      names = "--sampler",
      paramLabel = "METHOD",
      defaultValue = "adams2",
      completionCandidates = Candidates.Samplers.class,
      description = "How the decoder denoises: adams2 or euler. Default: ${DEFAULT-VALUE}.")
  private Denoiser.Method sampler;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "out/reconstruct",
      description = "Where the results go. Default: ${DEFAULT-VALUE}.")
  private Path out;

  @Option(
      names = "--npz",
      paramLabel = "F.npz",
      description = "Keep the reconstructions for other programs: arr_0 uint8 NHWC, labels.")
  private Path npz;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "16",
      description = "Images at a time; changes no image. Default: ${DEFAULT-VALUE}.")
  private int batch;

  @Option(
      names = "-o",
      paramLabel = "key.path=value",
      description = "Overrides a key of the model's config.yaml; repeatable.")
  private List<String> overrides = List.of();

  ReconstructCommand(Console console) {
    super(console);
  }

  @Override
  void run() {
    ModelFolder model = Models.open(folder, overrides);
    model.requireTokenizer(NAME);
    TokenizerConfig config = model.config().requireTokenizer(NAME);
    config.requireCodes(NAME);
    int size = model.config().imageSize();
    MetricChoice choice = ReconstructionMetrics.parse(metrics);
    check(choice, size);

    try (ImageSource source = openSource(choice, size);
        Compute compute = openCompute(precision());
        FeatureExtractor network = ofFeatures(choice) ? features.open(console(), compute) : null;
        Lpips lpips = choice.has(Measure.LPIPS) ? features.files(console()).lpips(compute) : null;
        Tokenizer tokenizer = model.tokenizer(compute)) {
      if (network != null) {
        choice.possible(network, this::note);
      }
      FitOptions.Way way = FitOptions.Way.of(Models.fit(fit, source, size), size);
      ReconstructionReport report =
          new ReconstructionReport(
              data,
              source.size(),
              way.name(),
              ReconstructionReport.details(
                  model, sampler, options().seed(), compute, choice, lpipsHash(choice)));
      ReconstructionRows.Job job =
          new ReconstructionRows.Job(
              source.describe() + ", " + report + ", " + config,
              source.size(),
              choice.measures(),
              measuredSteps(config),
              config.tokens().numAllQueries(),
              config.vq().vqCodebookSize());
      try (ReconstructionRows rows =
              ReconstructionRows.open(
                  compute,
                  out.resolve("unfinished"),
                  job,
                  new ReconstructionRows.Judges(
                      Optional.ofNullable(network), Optional.ofNullable(lpips)));
          EvaluationFile file = openFile(job.what(), source, size)) {
        Reconstructor reconstructor =
            new Reconstructor(tokenizer, options().seed(), sampler, previews);
        drawSheet(reconstructor, source, way);
        reconstruct(reconstructor, source, way, rows, file);
        note("comparing");
        List<Value> values = rows.values(options().seed());
        write(report.of(Optional.ofNullable(network), values));
        if (file != null) {
          file.finish();
        }
        rows.delete();
      }
    }
  }

  /** Everything that is cheap to check, before anything is opened. */
  private void check(MetricChoice choice, int size) {
    if (batch < 1) {
      throw new UserException("--batch " + batch + ": give 1 or more");
    }
    PairQuality.requireSide(choice.measures(), size);
    OutputPaths.checkFile("--out", out.resolve(RESULTS));
    if (npz != null) {
      OutputPaths.checkFile("--npz", npz);
    }
    if (ofFeatures(choice)) {
      orWithout("fid, sfid and is", () -> features.require(console()));
    }
    if (choice.has(Measure.LPIPS)) {
      orWithout("lpips", () -> features.files(console()).require(VGG16));
    }
  }

  /** Runs a check; where it fails, --metrics is a way out as well. */
  private static void orWithout(String names, Runnable check) {
    try {
      check.run();
    } catch (UserException e) {
      throw new UserException(e.getMessage() + "; or name --metrics without " + names, e);
    }
  }

  private static boolean ofFeatures(MetricChoice choice) {
    return !SetComparison.ofPreviews(choice.measures()).isEmpty();
  }

  private Optional<String> lpipsHash(MetricChoice choice) {
    return choice.has(Measure.LPIPS)
        ? Optional.of(features.files(console()).hash(VGG16))
        : Optional.empty();
  }

  /** Metrics are of float32 numbers unless the user wants to see what bf16 costs. */
  private Precision precision() {
    Precision asked = options().precision();
    return asked == Precision.AUTO ? Precision.FP32 : asked;
  }

  private ImageSource openSource(MetricChoice choice, int size) {
    ImageSource source = ImageSources.open(data, size, options().seed());
    note(source.describe());
    if (source.size() < 2 && ofFeatures(choice)) {
      source.close();
      throw new UserException(
          "--data " + data + ": is one image, and fid, sfid and is compare sets; give more");
    }
    return source;
  }

  private EvaluationFile openFile(String what, ImageSource source, int size) {
    if (npz == null) {
      return null;
    }
    long[] labels = IntStream.range(0, source.size()).mapToLong(source::label).toArray();
    return EvaluationFile.open(npz, what, labels, size);
  }

  private List<Integer> measuredSteps(TokenizerConfig config) {
    int steps = config.tokens().numDenoisingSteps();
    return IntStream.rangeClosed(previews ? 1 : steps, steps).boxed().toList();
  }

  /** Early, so that a look at it can end a run that isn't worth its time. */
  private void drawSheet(Reconstructor reconstructor, ImageSource source, FitOptions.Way way) {
    int images = Math.min(ReconstructionSheet.IMAGES, source.size());
    ReconstructionSheet sheet = new ReconstructionSheet();
    for (int from = 0; from < images; from += batch) {
      List<RgbImage> originals =
          IntStream.range(from, Math.min(images, from + batch))
              .mapToObj(i -> way.function().apply(source.image(i)))
              .toList();
      sheet.add(originals, reconstructor.reconstruct(originals, from));
    }
    Pngs.write(out.resolve(SHEET), sheet.draw());
    note("a first look: " + out.resolve(SHEET));
  }

  /** Reconstructs and measures the images that no earlier run has come to. */
  private void reconstruct(
      Reconstructor reconstructor,
      ImageSource source,
      FitOptions.Way way,
      ReconstructionRows rows,
      EvaluationFile file) {
    if (file != null) {
      int both = Math.min(rows.count(), file.done());
      rows.truncate(both);
      file.truncate(both);
    }
    try (Progress progress = new Progress(progress(), NAME, "img", rows.count(), source.size());
        PictureReader reader = new PictureReader(source, way.function(), rows.count(), batch)) {
      while (reader.hasNext()) {
        List<RgbImage> originals = reader.next();
        Reconstructor.Result made = reconstructor.reconstruct(originals, rows.count());
        if (file != null) {
          file.images(made.finished());
        }
        rows.add(originals, made);
        progress.update(rows.count());
      }
    }
  }

  private void write(EvaluationReport report) {
    Path file = out.resolve(RESULTS);
    TextFiles.write(file, report.toJson() + "\n");
    result(report.toText().strip() + "\n" + file + "\n" + out.resolve(SHEET));
    if (options().json()) {
      console().out().println(report.toJson());
    }
  }
}
