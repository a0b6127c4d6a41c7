package io.github.dar.cli;

import io.github.dar.config.Nearest;
import io.github.dar.config.UserException;
import io.github.dar.eval.Measure;
import io.github.dar.features.FeatureExtractor;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What {@code --metrics} asks for.
 *
 * @param measures in their order
 * @param asked whether the user named them, so that one that can't be had is an error
 */
record MetricChoice(Set<Measure> measures, boolean asked) {

  private static final Map<String, List<Measure>> OF_SETS = new LinkedHashMap<>();

  static {
    OF_SETS.put("fid", List.of(Measure.FRECHET));
    OF_SETS.put("sfid", List.of(Measure.SPATIAL_FRECHET));
    OF_SETS.put("is", List.of(Measure.INCEPTION_SCORE));
    OF_SETS.put("pr", List.of(Measure.PRECISION, Measure.RECALL));
    OF_SETS.put("kid", List.of(Measure.KERNEL));
  }

  /** What is measured where nothing was asked for: what ADM's evaluator prints. */
  private static final List<String> USUAL = List.of("fid", "sfid", "is", "pr");

  /**
   * Reads the metrics of {@code dar eval-fid}.
   *
   * @param text names with commas between; null for the usual ones
   */
  static MetricChoice ofSets(String text) {
    return parse(text, OF_SETS, USUAL);
  }

  /**
   * Reads a list of metrics.
   *
   * @param known what each name stands for
   * @param usual the names where {@code text} is null
   */
  static MetricChoice parse(String text, Map<String, List<Measure>> known, List<String> usual) {
    Set<Measure> measures = EnumSet.noneOf(Measure.class);
    for (String name : text == null ? usual : List.of(text.toLowerCase(Locale.ROOT).split(","))) {
      List<Measure> named = known.get(name.strip());
      if (named == null) {
        throw new UserException(
            "--metrics "
                + text
                + ": '"
                + name.strip()
                + "' is not one; "
                + Nearest.hint(name.strip(), known.keySet()));
      }
      measures.addAll(named);
    }
    return new MetricChoice(measures, text != null);
  }

  /** Leaves out what a network can't give, or refuses it where it was asked for. */
  MetricChoice possible(FeatureExtractor network, Consumer<String> note) {
    MetricChoice choice = this;
    if (network.spatialWidth() == 0) {
      choice =
          choice.without(
              Measure.SPATIAL_FRECHET, network.name() + " has no spatial features", note);
    }
    if (network.classes() == 0) {
      choice = choice.without(Measure.INCEPTION_SCORE, network.name() + " has no classes", note);
    }
    return choice;
  }

  /**
   * Leaves one out that can't be had.
   *
   * @param why as the end of a sentence
   * @throws UserException if it was asked for
   */
  MetricChoice without(Measure measure, String why, Consumer<String> note) {
    if (!measures.contains(measure)) {
      return this;
    }
    String line = "no " + measure.name().toLowerCase(Locale.ROOT).replace('_', ' ') + ": " + why;
    if (asked) {
      throw new UserException(line + "; name other --metrics");
    }
    note.accept(line);
    Set<Measure> left = EnumSet.copyOf(measures);
    left.remove(measure);
    return new MetricChoice(left, false);
  }

  boolean has(Measure measure) {
    return measures.contains(measure);
  }

  /** Whether single images of the reference are compared. */
  boolean needsReferenceImages() {
    return has(Measure.PRECISION) || has(Measure.RECALL) || has(Measure.KERNEL);
  }
}
