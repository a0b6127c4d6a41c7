package io.github.dar.data;

import io.github.dar.config.Counted;
import io.github.dar.config.UserException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * WebDataset shards: tar files, packed with gzip or not, of images with their classes; see {@link
 * TarScan} for what a sample is. The images are numbered shard by shard, and any of them can be
 * read at once, so their order is the same function of (seed, epoch) as a folder's. A file {@code
 * classes.txt} beside the shards names the classes, a line each; without it they are numbers. A set
 * without any label is one class.
 */
final class WebDatasetSource implements ImageSource {

  private final String pattern;
  private final List<Path> shards = new ArrayList<>();

  /** The shards as given: what messages name. */
  private final List<Path> given;

  /** How many images there are up to the end of each shard. */
  private final int[] ends;

  private final List<TarSample> samples = new ArrayList<>();
  private final List<String> classNames;
  private final boolean labelled;

  /**
   * Finds the samples of all shards: those seen for the first time are scanned.
   *
   * @param pattern a path, with ranges as {@code {00000..00099}} or without
   * @throws UserException if a shard is missing, cut short, or lacks an image or some of its labels
   */
  WebDatasetSource(String pattern, DataCache cache) {
    this.pattern = pattern;
    this.given = BraceRanges.expand(pattern).stream().map(Path::of).toList();
    this.ends = new int[given.size()];
    for (int i = 0; i < ends.length; i++) {
      Path shard = isPacked(given.get(i)) ? unpacked(given.get(i), cache) : given.get(i);
      shards.add(shard);
      samples.addAll(TarIndex.of(shard, cache));
      ends[i] = samples.size();
    }
    if (samples.isEmpty()) {
      throw new UserException(
          "wds:%s: holds no images (PNG, JPEG, WebP, GIF, BMP, TIFF); give other shards"
              .formatted(pattern));
    }
    labelled = samples.stream().anyMatch(sample -> sample.label() != TarSample.NO_LABEL);
    classNames = labelled ? namesOfAll() : List.of(FolderSource.ONLY_CLASS);
  }

  private static Path unpacked(Path shard, DataCache cache) {
    if (!shard.toFile().exists()) {
      throw new UserException(shard + ": there is no such shard; check the name and the range");
    }
    return Unpacked.gzip(shard, cache);
  }

  private static boolean isPacked(Path shard) {
    String name = shard.getFileName().toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".gz") || name.endsWith(".tgz");
  }

  private List<String> namesOfAll() {
    int classes = 0;
    for (int i = 0; i < samples.size(); i++) {
      int label = samples.get(i).label();
      if (label == TarSample.NO_LABEL) {
        throw new UserException(
            name(i) + ": has no class (.cls or .json) while others have; write the shard again");
      }
      classes = Math.max(classes, label + 1);
    }
    return ClassNames.beside(given.get(0), classes);
  }

  @Override
  public int size() {
    return samples.size();
  }

  @Override
  public RgbImage image(int index) {
    TarSample sample = samples.get(index);
    return ImageFiles.decode(read(shards.get(shard(index)), sample), name(index));
  }

  private int shard(int index) {
    int found = Arrays.binarySearch(ends, Objects.checkIndex(index, size()) + 1);
    int shard = found < 0 ? -found - 1 : found;
    // Shards without images end where the one before them does.
    while (shard > 0 && ends[shard - 1] > index) {
      shard--;
    }
    return shard;
  }

  private String name(int index) {
    return given.get(shard(index)) + ": " + samples.get(index).name();
  }

  /** A file is opened for each image: there may be more shards than open files are allowed. */
  private static byte[] read(Path shard, TarSample sample) {
    ByteBuffer bytes = ByteBuffer.allocate(sample.length());
    try (FileChannel channel = FileChannel.open(shard, StandardOpenOption.READ)) {
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, sample.offset() + bytes.position()) < 0) {
          throw new UserException(shard + ": became shorter while it was read; copy it again");
        }
      }
      return bytes.array();
    } catch (IOException e) {
      throw new UserException(shard + ": can't be read (" + e.getMessage() + ")", e);
    }
  }

  @Override
  public int label(int index) {
    return labelled ? samples.get(index).label() : 0;
  }

  @Override
  public List<String> classNames() {
    return classNames;
  }

  @Override
  public String describe() {
    return "%s in %s of %s %s"
        .formatted(
            Counted.of(size(), "image"),
            labelled ? Counted.of(classNames.size(), "class") : "one class (no labels)",
            Counted.of(ends.length, "tar shard"),
            pattern);
  }
}
