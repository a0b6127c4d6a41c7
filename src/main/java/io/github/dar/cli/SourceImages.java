package io.github.dar.cli;

import io.github.dar.data.ImageSource;
import io.github.dar.data.RgbImage;
import io.github.dar.eval.EvaluationReport.Comparison;
import io.github.dar.eval.EvaluationReport.ImageSet;
import io.github.dar.eval.EvaluationReport.Sampling;
import io.github.dar.eval.Measure;
import io.github.dar.view.Progress;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The images of a source.
 *
 * @param name as the user gave it
 * @param source closed with this
 * @param way how they come to size
 */
record SourceImages(String name, ImageSource source, FitOptions.Way way) implements JudgedImages {

  @Override
  public ImageSet describe() {
    return new ImageSet(name, source.size(), way.name());
  }

  @Override
  public Comparison comparison() {
    return Comparison.SETS;
  }

  @Override
  public Optional<Sampling> sampling() {
    return Optional.empty();
  }

  @Override
  public boolean classByClass() {
    for (int i = 1; i < source.size(); i++) {
      if (source.label(i) < source.label(i - 1)) {
        return false;
      }
    }
    return source.label(source.size() - 1) > source.label(0);
  }

  @Override
  public RgbImage example() {
    return way.function().apply(source.image(0));
  }

  @Override
  public Looked look(
      MeasuredSets sets, Set<Measure> measures, int batch, Progress.Output progress) {
    return new Looked(sets.look("samples", source, way, measures, batch, progress), Map.of());
  }

  @Override
  public void close() {
    source.close();
  }
}
