package io.github.dar.cli;

import io.github.dar.config.UserException;
import io.github.dar.data.ImageSource;
import io.github.dar.data.ImageSources;
import io.github.dar.eval.EvaluationReport.ImageSet;
import io.github.dar.eval.Measure;
import io.github.dar.eval.Statistics;
import io.github.dar.eval.StatisticsFile;
import io.github.dar.weights.Npz;
import io.github.dar.weights.TensorFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * What {@code --ref} names: images, ready statistics, or a file that holds both as ADM's reference
 * batches do, whose statistics are of more images than it shows.
 *
 * @param name as the user gave it
 * @param statistics read from the file; null where images are to be measured
 * @param images null where there are none
 */
record EvaluationReference(String name, Statistics statistics, ImageSource images)
    implements AutoCloseable {

  private static final String NPZ = "npz:";

  /**
   * Opens a reference.
   *
   * @param size that images are brought to; 0 for as they are
   * @param seed of generated images
   */
  static EvaluationReference open(String name, int size, long seed) {
    Path file = npz(name);
    if (file == null) {
      return new EvaluationReference(name, null, ImageSources.open(name, generated(size), seed));
    }
    List<String> keys = keys(file);
    boolean statistics = keys.contains("mu") || keys.contains("sigma");
    boolean images = keys.contains("arr_0") || keys.contains("images");
    return new EvaluationReference(
        name,
        statistics ? StatisticsFile.read(file) : null,
        images || !statistics ? ImageSources.open(NPZ + file, generated(size), seed) : null);
  }

  /**
   * Opens the images that are judged.
   *
   * @throws UserException if they are ready statistics
   */
  static ImageSource openSamples(String name, int size, long seed) {
    Path file = npz(name);
    if (file == null) {
      return ImageSources.open(name, generated(size), seed);
    }
    if (keys(file).contains("mu") && !keys(file).contains("arr_0")) {
      throw new UserException(
          "--samples " + name + ": holds statistics, not images; are --samples and --ref swapped?");
    }
    return ImageSources.open(NPZ + file, generated(size), seed);
  }

  /** The size of generated images, where images are taken as they are too. */
  private static int generated(int size) {
    return size == 0 ? InfoData.SHAPES_SIZE : size;
  }

  /** The file where a source is an npz as a whole, with or without its prefix; else null. */
  private static Path npz(String name) {
    String plain = name.startsWith(NPZ) ? name.substring(NPZ.length()) : name;
    return plain.endsWith(".npz") && Files.isRegularFile(Path.of(plain)) ? Path.of(plain) : null;
  }

  private static List<String> keys(Path file) {
    try (TensorFile npz = Npz.open(file)) {
      return List.copyOf(npz.names());
    }
  }

  /**
   * Refuses statistics of other features.
   *
   * @param begin how the description of statistics by the same features begins
   * @param width of the features
   */
  void requireFeatures(String begin, int width) {
    if (statistics == null) {
      return;
    }
    String about = statistics.about();
    if (!about.isEmpty() && !about.startsWith(begin)) {
      throw new UserException(
          "--ref %s: its statistics are of %s, not of %s; give the images, or the same --features and --protocol"
              .formatted(name, about, begin));
    }
    if (statistics.features().width() != width) {
      throw new UserException(
          "--ref %s: its statistics have %d features an image, the network gives %d; give the images, or the same --features"
              .formatted(name, statistics.features().width(), width));
    }
  }

  /** Leaves out what the reference can't give, or refuses it where it was asked for. */
  MetricChoice possible(MetricChoice choice, Consumer<String> note) {
    MetricChoice left = choice;
    if (statistics != null && statistics.spatial().isEmpty()) {
      left = left.without(Measure.SPATIAL_FRECHET, name + " has no mu_s and sigma_s", note);
    }
    if (images == null) {
      String why = name + " has statistics and no images";
      left = left.without(Measure.PRECISION, why, note);
      left = left.without(Measure.RECALL, why, note);
      left = left.without(Measure.KERNEL, why, note);
    }
    return left;
  }

  /**
   * What it is, for the report.
   *
   * @param way how its images come to size; null where it has none
   */
  ImageSet describe(FitOptions.Way way) {
    if (statistics != null) {
      return new ImageSet(name + " (its statistics)", statistics.count(), "");
    }
    return new ImageSet(name, images.size(), way.name());
  }

  @Override
  public void close() {
    if (images != null) {
      images.close();
    }
  }
}
