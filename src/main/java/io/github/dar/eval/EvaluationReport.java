package io.github.dar.eval;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.dar.config.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The values of an evaluation with everything that decides them: what is in results.json.
 *
 * @param comparison what the samples are
 * @param protocol how images reach the feature network: adm, pytorch-fid or clean-fid
 * @param features the feature network; null, as its protocol, where no metric asked for one
 * @param samples the images that are judged
 * @param reference the images they are judged by
 * @param sampling how the samples were made; null where that isn't known
 * @param details of single metrics: splits, neighbours, subsets
 * @param values what was measured
 * @param versions of the programs and libraries
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record EvaluationReport(
    Comparison comparison,
    String protocol,
    FeatureNetwork features,
    ImageSet samples,
    ImageSet reference,
    Sampling sampling,
    Map<String, String> details,
    @JsonIgnore List<Value> values,
    Map<String, String> versions) {

  /** Below this number of images a Fréchet distance is too high to be compared. */
  public static final int ENOUGH = 10_000;

  /** What is compared with the reference, by which the literature tells two kinds of FID apart. */
  public enum Comparison {
    /** New images: gFID. */
    GENERATION("g"),
    /** The reference's own images, encoded and decoded: rFID. */
    RECONSTRUCTION("r"),
    /** Any two sets. */
    SETS("");

    private final String prefix;

    Comparison(String prefix) {
      this.prefix = prefix;
    }
  }

  /**
   * A feature network.
   *
   * @param name inception, bundled, or that of a file
   * @param sha256 of its weights, in hexadecimal digits
   * @param inception whether its features are FID's
   */
  public record FeatureNetwork(String name, String sha256, boolean inception) {}

  /**
   * A set of images.
   *
   * @param name the source as the user gave it
   * @param count of images; 0 where ready statistics don't say
   * @param crop how they were brought to size; empty where ready statistics don't say
   */
  public record ImageSet(String name, long count, String crop) {

    /** What it is in one line. */
    public String describe() {
      return name
          + (count > 0 ? ", " + grouped(count) + " images" : ", number of images unknown")
          + (crop.isEmpty() ? "" : ", crop " + crop);
    }
  }

  /**
   * How samples were made.
   *
   * @param model the folder
   * @param classes how they were chosen
   * @param seed of all draws
   * @param guidance the scale, or its schedule
   * @param options all others that differ from their defaults
   */
  public record Sampling(
      String model, String classes, long seed, String guidance, Map<String, String> options) {}

  /**
   * One value.
   *
   * @param measure what it is
   * @param value the value
   * @param deviation over parts of the set; null where it was measured once
   * @param steps denoising steps after which the images were taken; null for finished ones
   */
  public record Value(Measure measure, double value, Double deviation, Integer steps) {

    /** A value of finished images. */
    public static Value of(Measure measure, double value) {
      return new Value(measure, value, null, null);
    }

    /** A value of finished images that was measured over parts of the set. */
    public static Value of(Measure measure, Spread spread) {
      return new Value(measure, spread.mean(), spread.deviation(), null);
    }
  }

  /** A value as it is printed: under its name, and its key for scripts. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record NamedValue(String name, String label, double value, Double deviation, Integer steps) {}

  /** Checks that values were given. */
  public EvaluationReport {
    if (values.isEmpty()) {
      throw new UserException("nothing was measured; name a metric with --metrics");
    }
    values = List.copyOf(values);
  }

  /** The values under their names; {@code label} is gFID or rFID where {@code name} is fid. */
  @JsonProperty("metrics")
  List<NamedValue> metrics() {
    return values.stream()
        .map(
            value ->
                new NamedValue(
                    value.measure().key(features),
                    label(value.measure()),
                    value.value(),
                    value.deviation(),
                    value.steps()))
        .toList();
  }

  /** The name for people: FID only of Inception's features, with the kind of comparison. */
  String label(Measure measure) {
    String label = measure.label(features);
    return measure == Measure.FRECHET ? comparison.prefix + label : label;
  }

  /** What keeps the values from being compared with others. */
  @JsonProperty("warnings")
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    if (values.stream().anyMatch(value -> value.measure().isBiased())) {
      warnIfFew(warnings, "samples", samples);
      warnIfFew(warnings, "reference", reference);
    }
    if (!samples.crop().equals(reference.crop())
        && !samples.crop().isEmpty()
        && !reference.crop().isEmpty()) {
      warnings.add(
          "samples have crop %s and the reference %s; give both the same"
              .formatted(samples.crop(), reference.crop()));
    }
    return warnings;
  }

  private void warnIfFew(List<String> warnings, String whose, ImageSet set) {
    if (set.count() > 0 && set.count() < ENOUGH) {
      warnings.add(
          "%s of %s images only: %s is too high by an unknown amount below %s; compare it with values of as many images"
              .formatted(whose, grouped(set.count()), label(Measure.FRECHET), grouped(ENOUGH)));
    }
  }

  /** The lines for people: what was compared, how, and a table of the values. */
  public String toText() {
    StringBuilder text = new StringBuilder();
    line(text, "samples", samples.describe());
    if (sampling != null) {
      String options = sampling.options().isEmpty() ? "" : ", " + sampling.options();
      line(
          text,
          "",
          "of %s, classes %s, seed %d, guidance %s%s"
              .formatted(
                  sampling.model(),
                  sampling.classes(),
                  sampling.seed(),
                  sampling.guidance(),
                  options));
    }
    line(text, "reference", reference.describe());
    if (features != null) {
      line(text, "features", features.name() + ", sha256 " + features.sha256());
      line(text, "protocol", protocol);
    }
    details.forEach((name, value) -> line(text, name, value));
    text.append('\n').append(ReportTable.of(metrics()));
    warnings().forEach(warning -> text.append("warning: ").append(warning).append('\n'));
    return text.toString();
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append("%-10s %s%n".formatted(name, value));
  }

  private static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** The whole report, for results.json and {@code --json}. */
  public String toJson() {
    try {
      return JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build()
          .writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report that can't be JSON: " + this, e);
    }
  }
}
