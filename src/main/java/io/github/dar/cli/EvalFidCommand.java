package io.github.dar.cli;

import io.github.dar.config.Precision;
import io.github.dar.config.UserException;
import io.github.dar.data.ImageSource;
import io.github.dar.data.RgbImage;
import io.github.dar.engine.Compute;
import io.github.dar.eval.EvaluationReport;
import io.github.dar.eval.EvaluationReport.FeatureNetwork;
import io.github.dar.eval.EvaluationReport.Value;
import io.github.dar.eval.FeatureSet;
import io.github.dar.eval.InceptionScore;
import io.github.dar.eval.KernelDistance;
import io.github.dar.eval.Measure;
import io.github.dar.eval.PrecisionRecall;
import io.github.dar.eval.SetComparison;
import io.github.dar.eval.Statistics;
import io.github.dar.eval.StatisticsFile;
import io.github.dar.features.FeatureExtractor;
import io.github.dar.model.ModelFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dar eval-fid}. */
@Command(
    name = "eval-fid",
    description =
        "Measures how near images are to a reference: FID, sFID, Inception Score, precision, recall, KID.",
    customSynopsis = "dar eval-fid (--samples SRC | --model DIR) --ref SRC [OPTIONS]",
    footer =
        "%nThe results go to DIR/results.json, with all that decides them. The same command goes on where it stopped.")
final class EvalFidCommand extends DarCommand {

  @Option(
      names = "--samples",
      paramLabel = "SRC",
      description = "The images to judge: a data source as for 'dar info', or F.npz.")
  private String samples;

  @Option(
      names = "--ref",
      paramLabel = "SRC",
      required = true,
      description =
          "What they are judged by: a data source, or F.npz of images, of statistics (mu, sigma, mu_s, sigma_s) or of both as ADM's reference batches.")
  private String ref;

  @Option(
      names = "--metrics",
      paramLabel = "LIST",
      description = "Some of fid, sfid, is, pr and kid. Default: fid,sfid,is,pr.")
  private String metrics;

  @Mixin private FeatureOptions features;
  @Mixin private FitOptions fit;
  @Mixin private ModelSampling generated;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "out/eval-fid",
      description = "Where the results go. Default: ${DEFAULT-VALUE}.")
  private Path out;

  @Option(
      names = "--save-ref",
      paramLabel = "F.npz",
      description = "Keep the reference's statistics, to be another run's --ref.")
  private Path saveRef;

  @Option(
      names = "--save-samples",
      paramLabel = "F.npz",
      description = "Keep the statistics of the images that are judged.")
  private Path saveSamples;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "32",
      description = "Images at a time. Default: ${DEFAULT-VALUE}.")
  private int batch;

  EvalFidCommand(Console console) {
    super(console);
  }

  @Override
  void run() {
    MetricChoice asked = MetricChoice.ofSets(metrics);
    check();
    Optional<ModelFolder> model =
        generated.isAsked() ? Optional.of(generated.model()) : Optional.empty();
    int size = fit.size(model.map(m -> m.config().imageSize()).orElse(0));

    try (EvaluationReference reference = EvaluationReference.open(ref, size, options().seed());
        JudgedImages judged = judged(model, size);
        // Metrics are of float32 features, whatever images are generated in.
        Compute compute = openCompute(Precision.FP32);
        FeatureExtractor network = features.open(console(), compute);
        MeasuredSets sets = new MeasuredSets(compute, network, out)) {
      String by =
          "features %s (sha256 %s), protocol %s"
              .formatted(network.name(), network.sha256(), network.protocol());
      reference.requireFeatures(by, network.width());
      MetricChoice choice = reference.possible(asked.possible(network, this::note), this::note);
      FitOptions.Way way = reference.images() == null ? null : fit.of(reference.images(), size);
      requireOneSize(judged, reference, way);

      Optional<FeatureSet> referenceImages =
          way != null && (reference.statistics() == null || choice.needsReferenceImages())
              ? Optional.of(
                  sets.look(
                      "reference", reference.images(), way, choice.measures(), batch, progress()))
              : Optional.empty();
      JudgedImages.Looked looked = judged.look(sets, choice.measures(), batch, progress());
      note("comparing");
      Statistics against =
          reference.statistics() != null
              ? reference.statistics()
              : referenceImages
                  .orElseThrow()
                  .statistics(by + ", " + reference.describe(way).describe());
      Statistics own = looked.finished().statistics(by + ", " + judged.describe().describe());
      save(saveRef, against);
      save(saveSamples, own);

      List<Value> values = new ArrayList<>();
      SetComparison comparison =
          new SetComparison(compute, against, referenceImages, options().seed());
      boolean dealt = judged.classByClass();
      looked
          .previews()
          .forEach(
              (steps, preview) ->
                  values.addAll(
                      comparison.measure(
                          SetComparison.ofPreviews(choice.measures()),
                          preview,
                          preview.statistics(""),
                          dealt,
                          steps)));
      values.addAll(comparison.measure(choice.measures(), looked.finished(), own, dealt, null));
      EvaluationReport report =
          new EvaluationReport(
              judged.comparison(),
              network.protocol(),
              new FeatureNetwork(network.name(), network.sha256(), network.inception()),
              judged.describe(),
              reference.describe(way),
              judged.sampling().orElse(null),
              details(choice, looked.finished(), referenceImages, dealt),
              values,
              VersionInfo.byName());
      finish(report, sets);
    }
  }

  /** Everything that is cheap to check, before anything is opened. */
  private void check() {
    if ((samples == null) == !generated.isAsked()) {
      throw new UserException(
          "give the images to judge: either --samples SRC or --model DIR, and not both");
    }
    if (batch < 1) {
      throw new UserException("--batch " + batch + ": give 1 or more");
    }
    generated.check();
    features.require(console());
    OutputPaths.checkFile("--out", out.resolve("results.json"));
    for (Path file : new Path[] {saveRef, saveSamples}) {
      if (file != null) {
        OutputPaths.checkFile("--save", file);
      }
    }
  }

  private JudgedImages judged(Optional<ModelFolder> model, int size) {
    if (model.isPresent()) {
      return generated.images(model.get(), openCompute(), options().seed());
    }
    ImageSource source = EvaluationReference.openSamples(samples, size, options().seed());
    return new SourceImages(samples, source, fit.of(source, size));
  }

  private void requireOneSize(
      JudgedImages judged, EvaluationReference reference, FitOptions.Way way) {
    if (way == null) {
      return;
    }
    RgbImage own = judged.example();
    RgbImage other = way.function().apply(reference.images().example());
    if (own.width() != other.width() || own.height() != other.height()) {
      throw new UserException(
          "the images to judge are %dx%d and the reference %dx%d; --size N brings both to one size"
              .formatted(own.width(), own.height(), other.width(), other.height()));
    }
  }

  private static void save(Path file, Statistics statistics) {
    if (file != null) {
      StatisticsFile.write(file, statistics);
    }
  }

  /** What decides single metrics. */
  private Map<String, String> details(
      MetricChoice choice, FeatureSet own, Optional<FeatureSet> reference, boolean dealt) {
    Map<String, String> details = new LinkedHashMap<>();
    if (choice.has(Measure.INCEPTION_SCORE)) {
      String order = dealt ? "dealt out by the seed, as they come class by class" : "in order";
      details.put("splits", "of " + InceptionScore.SPLIT + " images, " + order);
    }
    if (choice.has(Measure.PRECISION)) {
      details.put(
          "balls",
          "to neighbour %d, %d images against %d"
              .formatted(PrecisionRecall.NEIGHBOUR, own.count(), reference.orElseThrow().count()));
    }
    if (choice.has(Measure.KERNEL)) {
      details.put(
          "subsets", KernelDistance.SUBSETS + " of " + KernelDistance.SUBSET_SIZE + " images");
    }
    return details;
  }

  private void finish(EvaluationReport report, MeasuredSets sets) {
    Path file = out.resolve("results.json");
    TextFiles.write(file, report.toJson() + "\n");
    sets.delete();
    result(report.toText().strip() + "\n" + file);
    if (options().json()) {
      console().out().println(report.toJson());
    }
  }

  @Override
  boolean samples() {
    return true;
  }
}
