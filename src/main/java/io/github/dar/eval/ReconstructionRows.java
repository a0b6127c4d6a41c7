package io.github.dar.eval;

import io.github.dar.config.UserException;
import io.github.dar.data.CodeHistogram;
import io.github.dar.data.RgbImage;
import io.github.dar.engine.Compute;
import io.github.dar.eval.EvaluationReport.Value;
import io.github.dar.features.FeatureExtractor;
import io.github.dar.features.Lpips;
import io.github.dar.generate.Reconstructor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What is measured of reconstructions, image by image, until all are there: features of the
 * originals and of what they became after some numbers of steps, the quality of each, and the
 * codes. All of it lies in files of a folder, so that a run that was stopped goes on.
 */
public final class ReconstructionRows implements AutoCloseable {

  /** Rows that are taken from a file at once. */
  private static final int BLOCK = 1024;

  /**
   * What is to be measured.
   *
   * @param what the images are and how they are reconstructed, in a way that tells them from all
   *     others
   * @param images how many there will be
   * @param measures of {@link SetComparison#OF_PREVIEWS}, of pairs, and of codes
   * @param steps after which images are measured, ascending; the last are the finished ones
   * @param tokens of an image, N
   * @param codebook how many codes there are, V
   */
  public record Job(
      String what,
      int images,
      Set<Measure> measures,
      List<Integer> steps,
      int tokens,
      int codebook) {}

  /**
   * The networks that judge.
   *
   * @param features needed if a measure is one of features
   * @param lpips needed if it is measured
   */
  public record Judges(Optional<FeatureExtractor> features, Optional<Lpips> lpips) {}

  private final Compute compute;
  private final Path folder;
  private final Job job;
  private final Judges judges;
  private final Set<Measure> ofFeatures;
  private final PairQuality quality;

  /** Every file, whatever it holds. */
  private final List<RowFile> files = new ArrayList<>();

  private RowFile codes;
  private FeatureSet originals;
  private final Map<Integer, FeatureSet> features = new TreeMap<>();
  private final Map<Integer, RowFile> pairs = new TreeMap<>();

  private ReconstructionRows(Compute compute, Path folder, Job job, Judges judges) {
    this.compute = compute;
    this.folder = folder;
    this.job = job;
    this.judges = judges;
    this.ofFeatures = SetComparison.ofPreviews(job.measures());
    this.quality = new PairQuality(compute, job.measures(), judges.lpips());
  }

  /**
   * Begins, or goes on where an earlier run of the same job stopped.
   *
   * @param folder for these files alone
   * @param judges stay the caller's
   * @throws UserException if the files can't be written or the disk has no room for them
   */
  public static ReconstructionRows open(Compute compute, Path folder, Job job, Judges judges) {
    ReconstructionRows rows = new ReconstructionRows(compute, folder, job, judges);
    boolean opened = false;
    try {
      rows.open();
      rows.truncate(rows.count());
      rows.requireRoom();
      opened = true;
    } finally {
      if (!opened) {
        rows.close();
      }
    }
    return rows;
  }

  private void open() {
    codes = openRows("codes", job.tokens());
    if (!ofFeatures.isEmpty()) {
      Set<Measure> distances = EnumSet.copyOf(ofFeatures);
      distances.remove(Measure.INCEPTION_SCORE);
      originals = openFeatures("originals", distances);
    }
    for (int steps : job.steps()) {
      if (!ofFeatures.isEmpty()) {
        features.put(steps, openFeatures("features-" + steps, ofFeatures));
      }
      if (quality.width() > 0) {
        pairs.put(steps, openRows("pairs-" + steps, quality.width()));
      }
    }
  }

  private FeatureSet openFeatures(String name, Set<Measure> measures) {
    FeatureExtractor network = judges.features().orElseThrow();
    FeatureSet set =
        FeatureSet.open(compute, network, file(name), name + " of " + job.what(), measures);
    files.add(set.rows());
    return set;
  }

  private RowFile openRows(String name, int width) {
    String what =
        "%s of %s, %s, %s".formatted(name, job.what(), job.measures(), compute.precision());
    RowFile rows = RowFile.open(file(name), what, width);
    files.add(rows);
    return rows;
  }

  private Path file(String name) {
    return folder.resolve(name + ".rows");
  }

  private void requireRoom() {
    long missing = job.images() - count();
    long bytes = files.stream().mapToLong(rows -> missing * rows.width() * Float.BYTES).sum();
    try {
      long free = Files.getFileStore(folder).getUsableSpace();
      if (free < bytes) {
        throw new UserException(
            "%s: what is measured takes %d MB more and the disk has %d; free some space, or give another --out"
                .formatted(folder, bytes >> 20, free >> 20));
      }
    } catch (IOException e) {
      throw new UserException(folder + ": can't be read (" + e.getMessage() + ")", e);
    }
  }

  /** How many images were measured in every way. */
  public int count() {
    return Math.toIntExact(files.stream().mapToLong(RowFile::rows).min().orElseThrow());
  }

  /** Forgets all but the first images. */
  public void truncate(int count) {
    files.forEach(rows -> rows.truncate(count));
  }

  /**
   * Measures the next images.
   *
   * @param given the images as the tokenizer has seen them
   * @param made of them
   */
  public void add(List<RgbImage> given, Reconstructor.Result made) {
    if (originals != null) {
      originals.add(given);
    }
    features.forEach((steps, set) -> set.add(made.afterSteps().get(steps)));
    pairs.forEach(
        (steps, rows) -> rows.append(quality.compare(made.afterSteps().get(steps), given)));
    float[] row = new float[made.codes().length];
    for (int i = 0; i < row.length; i++) {
      row[i] = made.codes()[i]; // exact: codebooks are far smaller than 2^24
    }
    codes.append(row);
  }

  /**
   * The values of all images, measure by measure: those after fewer steps first.
   *
   * @param seed of the Inception Score's parts
   */
  public List<Value> values(long seed) {
    List<Value> values = new ArrayList<>();
    Optional<SetComparison> comparison =
        Optional.ofNullable(originals)
            .map(set -> new SetComparison(compute, set.statistics(""), Optional.empty(), seed));
    int finished = job.steps().get(job.steps().size() - 1);
    for (int after : job.steps()) {
      Integer steps = after == finished ? null : (Integer) after;
      FeatureSet set = features.get(after);
      comparison.ifPresent(
          it -> values.addAll(it.measure(ofFeatures, set, set.statistics(""), true, steps)));
      if (quality.width() > 0) {
        values.addAll(quality.means(pairs.get(after), steps));
      }
    }
    if (job.measures().contains(Measure.CODEBOOK_USAGE)) {
      CodeHistogram histogram = histogram();
      values.add(Value.of(Measure.CODEBOOK_USAGE, histogram.usage()));
      values.add(Value.of(Measure.CODEBOOK_PERPLEXITY, histogram.perplexity()));
    }
    values.sort(Comparator.comparing(Value::measure));
    return values;
  }

  private CodeHistogram histogram() {
    CodeHistogram histogram = new CodeHistogram(job.codebook());
    int count = count();
    for (int from = 0; from < count; from += BLOCK) {
      for (float code : codes.read(from, Math.min(BLOCK, count - from), 0, job.tokens())) {
        histogram.add((int) code);
      }
    }
    return histogram;
  }

  /** Removes the files and their folder: the results are written. */
  public void delete() {
    files.forEach(RowFile::delete);
    try (var left = Files.newDirectoryStream(folder, "*.rows")) {
      // Those of an earlier job that was given up.
      for (Path file : left) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw new UserException(
          folder + ": can't be removed (" + e.getMessage() + "); nothing needs it any more", e);
    }
  }

  @Override
  public void close() {
    files.forEach(RowFile::close);
  }
}
