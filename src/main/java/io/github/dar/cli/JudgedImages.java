package io.github.dar.cli;

import io.github.dar.data.RgbImage;
import io.github.dar.eval.EvaluationReport.Comparison;
import io.github.dar.eval.EvaluationReport.ImageSet;
import io.github.dar.eval.EvaluationReport.Sampling;
import io.github.dar.eval.FeatureSet;
import io.github.dar.eval.Measure;
import io.github.dar.view.Progress;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Images that {@code dar eval-fid} judges: those of a source, or of a model. */
interface JudgedImages extends AutoCloseable {

  /**
   * What was looked at.
   *
   * @param finished the images themselves
   * @param previews the same images after some numbers of denoising steps
   */
  record Looked(FeatureSet finished, Map<Integer, FeatureSet> previews) {}

  /** What they are, for the report. */
  ImageSet describe();

  /** What kind of distance theirs is. */
  Comparison comparison();

  /** How they are made, where that is known. */
  Optional<Sampling> sampling();

  /** Whether a part of the set holds a part of the classes only. */
  boolean classByClass();

  /** The first one, of the size of all. */
  RgbImage example();

  /** Looks at all of them. */
  Looked look(MeasuredSets sets, Set<Measure> measures, int batch, Progress.Output progress);

  @Override
  void close();
}
