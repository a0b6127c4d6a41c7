package io.github.dar.eval;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.dar.engine.Compute;
import io.github.dar.eval.EvaluationReport.Value;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The metrics of sets of images against one reference. */
public final class SetComparison {

  /** What is measured of previews: the metrics that need no features of single images. */
  public static final Set<Measure> OF_PREVIEWS =
      Set.of(Measure.FRECHET, Measure.SPATIAL_FRECHET, Measure.INCEPTION_SCORE);

  private final Compute compute;
  private final Statistics reference;
  private final Optional<FeatureSet> referenceImages;
  private final long seed;

  /**
   * @param reference what the Fréchet distances compare with
   * @param referenceImages what precision, recall and KID compare with; stays the caller's
   * @param seed of all draws
   */
  public SetComparison(
      Compute compute, Statistics reference, Optional<FeatureSet> referenceImages, long seed) {
    this.compute = compute;
    this.reference = reference;
    this.referenceImages = referenceImages;
    this.seed = seed;
  }

  /**
   * Measures a set.
   *
   * @param measures those of features; precision and recall come together
   * @param statistics of the samples
   * @param dealt see {@link FeatureSet#inceptionScore}
   * @param steps after which the images were taken; null for finished ones
   * @return in the order of {@link Measure}
   */
  public List<Value> measure(
      Set<Measure> measures,
      FeatureSet samples,
      Statistics statistics,
      boolean dealt,
      Integer steps) {
    List<Value> values = new ArrayList<>();
    if (measures.contains(Measure.FRECHET)) {
      double distance = FrechetDistance.between(reference.features(), statistics.features());
      values.add(new Value(Measure.FRECHET, distance, null, steps));
    }
    if (measures.contains(Measure.SPATIAL_FRECHET)) {
      double distance =
          FrechetDistance.between(
              reference.spatial().orElseThrow(), statistics.spatial().orElseThrow());
      values.add(new Value(Measure.SPATIAL_FRECHET, distance, null, steps));
    }
    if (measures.contains(Measure.INCEPTION_SCORE)) {
      Spread score = samples.inceptionScore(dealt, seed);
      values.add(new Value(Measure.INCEPTION_SCORE, score.mean(), score.deviation(), steps));
    }
    if (!OF_PREVIEWS.containsAll(measures)) {
      values.addAll(compareImages(measures, samples));
    }
    return values;
  }

  private List<Value> compareImages(Set<Measure> measures, FeatureSet samples) {
    List<Value> values = new ArrayList<>();
    try (NDManager scope = compute.manager().newSubManager()) {
      NDArray own = samples.features(scope);
      NDArray others = referenceImages.orElseThrow().features(scope);
      if (measures.contains(Measure.PRECISION) || measures.contains(Measure.RECALL)) {
        PrecisionRecall both = PrecisionRecall.of(compute, others, own, PrecisionRecall.NEIGHBOUR);
        values.add(Value.of(Measure.PRECISION, both.precision()));
        values.add(Value.of(Measure.RECALL, both.recall()));
      }
      if (measures.contains(Measure.KERNEL)) {
        values.add(
            Value.of(
                Measure.KERNEL,
                KernelDistance.ofSubsets(
                    compute,
                    others,
                    own,
                    KernelDistance.SUBSETS,
                    KernelDistance.SUBSET_SIZE,
                    seed)));
      }
    }
    return values;
  }

  /** Those of the measures that can be had of previews. */
  public static Set<Measure> ofPreviews(Set<Measure> measures) {
    Set<Measure> kept = EnumSet.copyOf(OF_PREVIEWS);
    kept.retainAll(measures);
    return kept;
  }
}
