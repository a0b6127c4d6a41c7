package io.github.dar.cli;

import io.github.dar.config.TokenizerConfig;
import io.github.dar.config.UserException;
import io.github.dar.engine.Compute;
import io.github.dar.eval.EvaluationReport;
import io.github.dar.eval.EvaluationReport.Comparison;
import io.github.dar.eval.EvaluationReport.FeatureNetwork;
import io.github.dar.eval.EvaluationReport.ImageSet;
import io.github.dar.eval.EvaluationReport.Value;
import io.github.dar.eval.InceptionScore;
import io.github.dar.eval.Measure;
import io.github.dar.features.FeatureExtractor;
import io.github.dar.fetch.Sha256;
import io.github.dar.generate.Denoiser;
import io.github.dar.model.ModelFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What decides the values of {@code dar reconstruct}: it stands in the report, and an interrupted
 * run goes on only with the same.
 *
 * @param data as the user named it
 * @param images how many there are
 * @param crop how they came to size, on both sides
 * @param details the tokenizer, how it decodes, and how single metrics are taken
 */
record ReconstructionReport(String data, int images, String crop, Map<String, String> details) {

  /**
   * Says how images are reconstructed and measured.
   *
   * @param lpipsHash the SHA-256 of its weights, where it is measured
   */
  static Map<String, String> details(
      ModelFolder model,
      Denoiser.Method sampler,
      long seed,
      Compute compute,
      MetricChoice choice,
      Optional<String> lpipsHash) {
    TokenizerConfig config = model.config().requireTokenizer("reconstruct");
    Map<String, String> details = new LinkedHashMap<>();
    details.put("tokenizer", model.path() + ", sha256 " + hash(model));
    details.put(
        "decoding",
        "%d steps of %s, seed %d, %s"
            .formatted(
                config.tokens().numDenoisingSteps(),
                lower(sampler),
                seed,
                lower(compute.precision())));
    lpipsHash.ifPresent(hash -> details.put("lpips", "of VGG16, sha256 " + hash));
    if (choice.has(Measure.INCEPTION_SCORE)) {
      details.put("splits", "of " + InceptionScore.SPLIT + " images, dealt out by the seed");
    }
    if (choice.has(Measure.CODEBOOK_USAGE)) {
      details.put(
          "codes",
          "%d tokens an image of %d codes"
              .formatted(config.tokens().numAllQueries(), config.vq().vqCodebookSize()));
    }
    return details;
  }

  private static String hash(ModelFolder model) {
    Path weights = model.path().resolve("tokenizer.safetensors");
    try {
      return Sha256.of(weights);
    } catch (IOException e) {
      throw new UserException(weights + ": can't be read (" + e.getMessage() + ")", e);
    }
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /**
   * The report. The reference are the same images, cut the same way.
   *
   * @param network that the metrics of features were taken with, if there was one
   */
  EvaluationReport of(Optional<FeatureExtractor> network, List<Value> values) {
    return new EvaluationReport(
        Comparison.RECONSTRUCTION,
        network.map(FeatureExtractor::protocol).orElse(null),
        network.map(it -> new FeatureNetwork(it.name(), it.sha256(), it.inception())).orElse(null),
        new ImageSet("reconstructions of " + data, images, crop),
        new ImageSet(data, images, crop),
        null,
        details,
        values,
        VersionInfo.byName());
  }
}
