package io.github.dar.eval;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.dar.data.RgbImage;
import io.github.dar.engine.Compute;
import io.github.dar.features.FeatureExtractor;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a feature network says of a set of images, kept in a file while the set is looked at: a row
 * an image, features, then spatial features and class probabilities where they are wanted. So a run
 * that was stopped goes on, and images never have to be in memory together.
 */
public final class FeatureSet implements AutoCloseable {

  /** Rows that are taken from the file at once. */
  private static final int BLOCK = 1024;

  private final Compute compute;
  private final FeatureExtractor network;
  private final RowFile rows;
  private final int spatialWidth;
  private final int classes;

  private FeatureSet(
      Compute compute, FeatureExtractor network, RowFile rows, int spatialWidth, int classes) {
    this.compute = compute;
    this.network = network;
    this.rows = rows;
    this.spatialWidth = spatialWidth;
    this.classes = classes;
  }

  /**
   * Opens a set, or goes on with it.
   *
   * @param file where it is kept
   * @param what the images are, in a way that tells them from all others
   * @param measures what will be asked of the set
   */
  public static FeatureSet open(
      Compute compute, FeatureExtractor network, Path file, String what, Set<Measure> measures) {
    int spatial = measures.contains(Measure.SPATIAL_FRECHET) ? network.spatialWidth() : 0;
    int classes = measures.contains(Measure.INCEPTION_SCORE) ? network.classes() : 0;
    String key =
        "%s %s %s %d %d: %s"
            .formatted(
                network.sha256(), network.protocol(), compute.precision(), spatial, classes, what);
    RowFile rows = RowFile.open(file, key, network.width() + spatial + classes);
    return new FeatureSet(compute, network, rows, spatial, classes);
  }

  /** How many images were looked at. */
  public int count() {
    return Math.toIntExact(rows.rows());
  }

  /** Returns the file itself, for sets that are kept side by side. */
  RowFile rows() {
    return rows;
  }

  /** Returns how many bytes so many images take in the file. */
  public long room(int images) {
    return (long) images * rows.width() * Float.BYTES;
  }

  /** Forgets all but the first images. */
  public void truncate(int count) {
    rows.truncate(count);
  }

  /**
   * Looks at the next images.
   *
   * @param images of one size
   */
  public void add(List<RgbImage> images) {
    try (NDManager scope = compute.manager().newSubManager()) {
      FeatureExtractor.Outputs out = network.extract(scope, bytes(scope, images));
      float[] values = new float[images.size() * rows.width()];
      put(values, out.features(), 0, network.width());
      put(values, out.spatial(), network.width(), spatialWidth);
      put(values, out.probabilities(), network.width() + spatialWidth, classes);
      rows.append(values);
    }
  }

  private void put(float[] values, NDArray part, int column, int columns) {
    if (columns > 0) {
      float[] from = part.toFloatArray();
      for (int row = 0; row < from.length / columns; row++) {
        System.arraycopy(from, row * columns, values, row * rows.width() + column, columns);
      }
    }
  }

  /** Images of one size as {@code [B, H, W, 3]}, uint8. */
  static NDArray bytes(NDManager into, List<RgbImage> images) {
    RgbImage first = images.get(0);
    ByteBuffer bytes = ByteBuffer.allocateDirect(images.size() * first.rgb().length);
    images.forEach(image -> bytes.put(image.rgb()));
    Shape shape = new Shape(images.size(), first.height(), first.width(), 3);
    return into.create(bytes.flip(), shape, DataType.UINT8);
  }

  /**
   * Mean and covariance of the features, and of the spatial ones where they were wanted.
   *
   * @param about how the set was made, for people and files
   */
  public Statistics statistics(String about) {
    Gaussian features = gaussian(0, network.width());
    Optional<Gaussian> spatial =
        spatialWidth == 0 ? Optional.empty() : Optional.of(gaussian(network.width(), spatialWidth));
    return new Statistics(count(), features, spatial, about);
  }

  private Gaussian gaussian(int column, int columns) {
    try (Moments moments = new Moments(compute, columns)) {
      blocks(column, columns, (block, from) -> moments.add(block));
      return moments.gaussian();
    }
  }

  /** All features, {@code [n, D]} float32: {@code 4 n D} bytes of memory. */
  public NDArray features(NDManager into) {
    NDArray all = into.create(new Shape(count(), network.width()));
    blocks(
        0,
        network.width(),
        (block, from) -> {
          long end = from + block.getShape().get(0);
          all.set(new NDIndex("{}:{}", from, end), block);
        });
    return all;
  }

  /**
   * The Inception Score, over splits of {@link InceptionScore#SPLIT} images.
   *
   * @param dealt whether images are dealt out to the splits at random: for sets that come class by
   *     class
   * @param seed of the dealing
   */
  public Spread inceptionScore(boolean dealt, long seed) {
    int count = count();
    int split = InceptionScore.SPLIT;
    try (InceptionScore score =
        dealt
            ? InceptionScore.dealt(compute, classes, count, split, seed)
            : InceptionScore.consecutive(compute, classes, count, split)) {
      blocks(network.width() + spatialWidth, classes, (block, from) -> score.add(block));
      return score.score();
    }
  }

  private interface BlockConsumer {
    void accept(NDArray block, int from);
  }

  private void blocks(int column, int columns, BlockConsumer consumer) {
    int count = count();
    for (int from = 0; from < count; from += BLOCK) {
      int size = Math.min(BLOCK, count - from);
      try (NDManager scope = compute.manager().newSubManager()) {
        float[] values = rows.read(from, size, column, columns);
        consumer.accept(scope.create(values, new Shape(size, columns)), from);
      }
    }
  }

  /** Closes the set and removes its file. */
  public void delete() {
    rows.delete();
  }

  @Override
  public void close() {
    rows.close();
  }
}
