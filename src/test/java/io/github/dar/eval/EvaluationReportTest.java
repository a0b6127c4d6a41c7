package io.github.dar.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dar.config.UserException;
import io.github.dar.eval.EvaluationReport.Comparison;
import io.github.dar.eval.EvaluationReport.FeatureNetwork;
import io.github.dar.eval.EvaluationReport.ImageSet;
import io.github.dar.eval.EvaluationReport.Sampling;
import io.github.dar.eval.EvaluationReport.Value;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Reports say what was compared, under names that keep different things apart. */
class EvaluationReportTest {

  private static final FeatureNetwork INCEPTION = new FeatureNetwork("inception", "6726825d", true);
  private static final FeatureNetwork BUNDLED = new FeatureNetwork("bundled", "ab12", false);
  private static final ImageSet SAMPLES = new ImageSet("npz:samples.npz", 50_000, "center 256");
  private static final ImageSet REFERENCE = new ImageSet("VIRTUAL_imagenet256.npz", 0, "");
  private static final Sampling SAMPLING =
      new Sampling("models/L", "balanced", 7, "1.1:8.0", Map.of("top-k", "100"));
  private static final Value DISTANCE = Value.of(Measure.FRECHET, 2.43987654);

  private static EvaluationReport report(
      Comparison comparison, FeatureNetwork features, ImageSet samples, Value... values) {
    return new EvaluationReport(
        comparison,
        "adm",
        features,
        samples,
        REFERENCE,
        SAMPLING,
        Map.of(),
        List.of(values),
        Map.of("dar", "0.1.0"));
  }

  @Test
  void labels_keepKindsApart() {
    for (Comparison comparison : Comparison.values()) {
      String prefix =
          Map.of("GENERATION", "g", "RECONSTRUCTION", "r", "SETS", "").get("" + comparison);
      EvaluationReport inception = report(comparison, INCEPTION, SAMPLES, DISTANCE);
      assertThat(inception.label(Measure.FRECHET)).isEqualTo(prefix + "FID");
      assertThat(inception.label(Measure.SPATIAL_FRECHET)).isEqualTo("sFID");
      assertThat(inception.label(Measure.KERNEL)).isEqualTo("KID");
      EvaluationReport bundled = report(comparison, BUNDLED, SAMPLES, DISTANCE);
      assertThat(bundled.label(Measure.FRECHET)).isEqualTo(prefix + "FD-bundled");
      assertThat(bundled.label(Measure.PSNR)).isEqualTo("PSNR");
    }
  }

  @Test
  void otherFeatures_neverGiveAnInceptionName() {
    for (Measure measure : Measure.values()) {
      assertThat(measure.label(BUNDLED)).doesNotContain("FID", "KID");
    }
    String text = report(Comparison.GENERATION, BUNDLED, SAMPLES, DISTANCE).toText();
    assertThat(text).contains("gFD-bundled  2.4399").doesNotContain("FID");
  }

  @Test
  void json_holdsAllThatDecides() throws JsonProcessingException {
    EvaluationReport report =
        report(
            Comparison.GENERATION,
            INCEPTION,
            SAMPLES,
            DISTANCE,
            Value.of(Measure.KERNEL, new Spread(0.001, 0.0002)),
            new Value(Measure.PSNR, Double.POSITIVE_INFINITY, null, 4));
    JsonNode json = new ObjectMapper().readTree(report.toJson());
    assertThat(json.fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder(
            "comparison",
            "protocol",
            "features",
            "samples",
            "reference",
            "sampling",
            "details",
            "versions",
            "metrics",
            "warnings");
    assertThat(json.at("/features/sha256").asText()).isEqualTo("6726825d");
    assertThat(json.at("/samples/count").asInt()).isEqualTo(50_000);
    assertThat(json.at("/samples/crop").asText()).isEqualTo("center 256");
    assertThat(json.at("/reference/name").asText()).isEqualTo("VIRTUAL_imagenet256.npz");
    assertThat(json.at("/sampling/seed").asInt()).isEqualTo(7);
    assertThat(json.at("/sampling/guidance").asText()).isEqualTo("1.1:8.0");
    assertThat(json.at("/metrics/0"))
        .isEqualTo(
            new ObjectMapper()
                .readTree("{\"name\": \"fid\", \"label\": \"gFID\", \"value\": 2.43987654}"));
    assertThat(json.at("/metrics/1/deviation").asDouble()).isEqualTo(0.0002);
    assertThat(json.at("/metrics/2/steps").asInt()).isEqualTo(4);
    assertThat(json.at("/metrics/2/value").asText()).isEqualTo("Infinity");
    assertThat(json.at("/warnings")).isEmpty();
  }

  @Test
  void text_isATable() {
    String text =
        report(
                Comparison.RECONSTRUCTION,
                INCEPTION,
                SAMPLES,
                DISTANCE,
                Value.of(Measure.INCEPTION_SCORE, new Spread(285.91234, 4.5)),
                new Value(Measure.PSNR, 21.5, null, 2))
            .toText();
    assertThat(text)
        .isEqualToNormalizingNewlines(
            """
            samples    npz:samples.npz, 50,000 images, crop center 256
                       of models/L, classes balanced, seed 7, guidance 1.1:8.0, {top-k=100}
            reference  VIRTUAL_imagenet256.npz, number of images unknown
            features   inception, sha256 6726825d
            protocol   adm

            rFID                2.4399
            IS                  285.91 ± 4.5000
            PSNR after 2 steps  21.500
            """);
  }

  @Test
  void fewImages_areWarnedOf() {
    ImageSet few = new ImageSet("few", 9_999, "");
    assertThat(report(Comparison.GENERATION, BUNDLED, few, DISTANCE).warnings())
        .singleElement()
        .asString()
        .contains("samples of 9,999 images only: gFD-bundled is too high", "below 10,000");
    assertThat(report(Comparison.GENERATION, BUNDLED, few, DISTANCE).toText())
        .contains("warning: samples of 9,999");
    Value other = Value.of(Measure.SSIM, 0.5);
    assertThat(report(Comparison.GENERATION, BUNDLED, few, other).warnings()).isEmpty();
  }

  @Test
  void otherCrops_areWarnedOf() {
    EvaluationReport report =
        new EvaluationReport(
            Comparison.SETS,
            "adm",
            INCEPTION,
            SAMPLES,
            new ImageSet("val", 50_000, "none"),
            null,
            Map.of(),
            List.of(DISTANCE),
            Map.of());
    assertThat(report.warnings())
        .containsExactly("samples have crop center 256 and the reference none; give both the same");
    assertThat(report.toJson()).doesNotContain("\"sampling\"");
  }

  @Test
  void nothingMeasured_isRefused() {
    assertThatThrownBy(() -> report(Comparison.SETS, INCEPTION, SAMPLES))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--metrics");
  }
}
