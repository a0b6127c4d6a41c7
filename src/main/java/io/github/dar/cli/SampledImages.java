package io.github.dar.cli;

import io.github.dar.config.TokenLayout;
import io.github.dar.data.RgbImage;
import io.github.dar.engine.Compute;
import io.github.dar.eval.EvaluationReport.Comparison;
import io.github.dar.eval.EvaluationReport.ImageSet;
import io.github.dar.eval.EvaluationReport.Sampling;
import io.github.dar.eval.FeatureSet;
import io.github.dar.eval.Measure;
import io.github.dar.eval.SetComparison;
import io.github.dar.generate.Denoiser;
import io.github.dar.generate.SamplingOptions;
import io.github.dar.generate.StreamListener;
import io.github.dar.generate.TokenRequest;
import io.github.dar.model.ModelFolder;
import io.github.dar.model.TokenWindows;
import io.github.dar.view.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The images of a model, looked at as they are generated: none is written.
 *
 * @param model whose images they are
 * @param compute where they are generated; closed with this
 * @param classes of the images, {@code [n]}
 * @param balanced whether all classes come equally often
 * @param options how tokens are chosen
 * @param sampler how images are denoised
 * @param seed of all draws
 * @param previews whether previews are looked at as well
 */
record SampledImages(
    ModelFolder model,
    Compute compute,
    long[] classes,
    boolean balanced,
    SamplingOptions options,
    Denoiser.Method sampler,
    long seed,
    boolean previews)
    implements JudgedImages {

  @Override
  public ImageSet describe() {
    return new ImageSet("images of " + model.path(), classes.length, "");
  }

  @Override
  public Comparison comparison() {
    return Comparison.GENERATION;
  }

  @Override
  public Optional<Sampling> sampling() {
    Map<String, String> others = new LinkedHashMap<>();
    others.put("temperature", "" + options.temperature());
    others.put("top_k", "" + options.topK());
    others.put("top_p", "" + options.topP());
    others.put("greedy", "" + options.greedy());
    others.put("sampler", sampler.name().toLowerCase(Locale.ROOT));
    others.put("precision", compute.precision().name().toLowerCase(Locale.ROOT));
    return Optional.of(
        new Sampling(
            model.path().toString(),
            balanced ? "balanced" : "random",
            seed,
            options.guidance().toString(),
            others));
  }

  /** Balanced classes come in turn, random ones in any order. */
  @Override
  public boolean classByClass() {
    return false;
  }

  @Override
  public RgbImage example() {
    int size = model.config().imageSize();
    return new RgbImage(size, size, new byte[3 * size * size]);
  }

  @Override
  public Looked look(
      MeasuredSets sets, Set<Measure> measures, int batch, Progress.Output progress) {
    FeatureSet finished = sets.set("samples", what(), classes.length, measures);
    Map<Integer, FeatureSet> byTokens = new TreeMap<>();
    Map<Integer, FeatureSet> bySteps = new TreeMap<>();
    if (previews) {
      Set<Measure> some = SetComparison.ofPreviews(measures);
      stepsByTokens()
          .forEach(
              (tokens, steps) -> {
                FeatureSet set = sets.set("samples-after-" + steps, what(), classes.length, some);
                byTokens.put(tokens, set);
                bySteps.put(steps, set);
              });
    }
    MeasuredSets.align(finished, byTokens.values());
    generate(finished, byTokens, batch, progress);
    return new Looked(finished, bySteps);
  }

  /** All that decides the images, by which a stopped run knows its own. */
  private String what() {
    return "%s %s %s %s %s %s %d %s"
        .formatted(
            model.path().toAbsolutePath().normalize(),
            stamp(model.path().resolve("ar.safetensors")),
            stamp(model.path().resolve("tokenizer.safetensors")),
            options,
            sampler,
            compute.precision(),
            seed,
            Arrays.hashCode(classes));
  }

  private static String stamp(Path file) {
    try {
      return Files.size(file) + "@" + Files.getLastModifiedTime(file).toMillis();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** After how many tokens there are previews, and how many denoising steps were taken then. */
  private Map<Integer, Integer> stepsByTokens() {
    TokenLayout layout = layout();
    int steps = layout.numDenoisingSteps();
    Map<Integer, Integer> found = new TreeMap<>();
    int each = layout.queriesPerStep();
    for (int tokens = each; tokens < layout.numAllQueries(); tokens += each) {
      int taken = 0;
      while (taken < steps && TokenWindows.needed(layout, taken, steps) <= tokens) {
        taken++;
      }
      if (taken > 0 && taken < steps) {
        found.put(tokens, taken);
      }
    }
    return found;
  }

  private TokenLayout layout() {
    return model.config().requireTokenizer("eval-fid").tokens();
  }

  /** Generates what is missing. */
  private void generate(
      FeatureSet finished, Map<Integer, FeatureSet> byTokens, int batch, Progress.Output output) {
    int previewEvery = byTokens.isEmpty() ? 0 : layout().queriesPerStep();
    try (NetworkGenerator generator = new NetworkGenerator(model, compute, false);
        Progress progress =
            new Progress(output, "samples", "img", finished.count(), classes.length)) {
      while (finished.count() < classes.length) {
        int from = finished.count();
        int size = Math.min(batch, classes.length - from);
        long[] part = Arrays.copyOfRange(classes, from, from + size);
        TokenRequest tokens = TokenRequest.of(part, seed, from);
        generator.run(
            new NetworkGenerator.Request(tokens, options, previewEvery, sampler),
            new StreamListener() {
              @Override
              public void preview(int done, List<RgbImage> images) {
                FeatureSet set = byTokens.get(done);
                if (set != null) {
                  set.add(images);
                }
              }

              @Override
              public void images(List<RgbImage> images) {
                finished.add(images);
              }
            });
        progress.update(finished.count());
      }
    }
  }

  @Override
  public void close() {
    compute.close();
  }
}
