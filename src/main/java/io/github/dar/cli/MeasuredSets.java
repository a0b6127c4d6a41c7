package io.github.dar.cli;

import io.github.dar.config.UserException;
import io.github.dar.data.ImageSource;
import io.github.dar.engine.Compute;
import io.github.dar.eval.FeatureSet;
import io.github.dar.eval.Measure;
import io.github.dar.eval.PictureReader;
import io.github.dar.features.FeatureExtractor;
import io.github.dar.view.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * The sets of images that an evaluation looks at, each with a file of features in its folder while
 * it works. Closing keeps the files, for the same command to go on with.
 */
final class MeasuredSets implements AutoCloseable {

  private final Compute compute;
  private final FeatureExtractor network;
  private final Path folder;
  private final List<FeatureSet> open = new ArrayList<>();

  MeasuredSets(Compute compute, FeatureExtractor network, Path folder) {
    this.compute = compute;
    this.network = network;
    this.folder = folder;
  }

  /**
   * A set, empty or as far as an earlier run came.
   *
   * @param role names its file
   * @param what the images are, in a way that tells them from all others
   * @param images how many there will be
   * @throws UserException if the disk has no room for their features
   */
  FeatureSet set(String role, String what, int images, Set<Measure> measures) {
    FeatureSet set =
        FeatureSet.open(compute, network, folder.resolve(role + ".features"), what, measures);
    open.add(set);
    requireRoom(set.room(images - set.count()));
    return set;
  }

  private void requireRoom(long bytes) {
    try {
      long free = Files.getFileStore(folder).getUsableSpace();
      if (free < bytes) {
        throw new UserException(
            "%s: the features take %d MB more and the disk has %d; free some space, or give another --out"
                .formatted(folder, bytes >> 20, free >> 20));
      }
    } catch (IOException e) {
      throw new UserException(folder + ": can't be read (" + e.getMessage() + ")", e);
    }
  }

  /**
   * Looks at those images of a source that no earlier run has looked at.
   *
   * @param role names the set, for people too
   * @param batch images at a time
   */
  FeatureSet look(
      String role,
      ImageSource source,
      FitOptions.Way way,
      Set<Measure> measures,
      int batch,
      Progress.Output progress) {
    String what = source.describe() + ", " + way.name();
    FeatureSet set = set(role, what, source.size(), measures);
    try (Progress bar = new Progress(progress, role, "img", set.count(), source.size());
        PictureReader reader = new PictureReader(source, way.function(), set.count(), batch)) {
      while (reader.hasNext()) {
        set.add(reader.next());
        bar.update(set.count());
      }
    }
    return set;
  }

  /** Brings sets of the same images to where the one that is least far is. */
  static void align(FeatureSet set, Collection<FeatureSet> others) {
    int least = others.stream().mapToInt(FeatureSet::count).reduce(set.count(), Math::min);
    set.truncate(least);
    others.forEach(other -> other.truncate(least));
  }

  /** Removes the files: the results are written. */
  void delete() {
    open.forEach(FeatureSet::delete);
    open.clear();
  }

  @Override
  public void close() {
    open.forEach(FeatureSet::close);
  }
}
