package io.github.dar.data;

import io.github.dar.config.UserException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A source a few of whose images may be damaged: each is named once in the log and left out. More
 * than a given part of them stop the reader.
 */
public final class TolerantSource implements ImageSource {

  /** The part of the images that may be damaged unless told otherwise. */
  public static final String DEFAULT_FRACTION = "0.01";

  private static final Logger LOG = LoggerFactory.getLogger(TolerantSource.class);
  private static final int NAMED = 3;

  private final ImageSource source;
  private final double maxBadFraction;
  private final Map<Integer, String> skipped = new LinkedHashMap<>();

  /**
   * @param source closed with this
   * @param maxBadFraction 0 to 1
   */
  public TolerantSource(ImageSource source, double maxBadFraction) {
    if (!(maxBadFraction >= 0 && maxBadFraction <= 1)) {
      throw new UserException("--max-bad-fraction " + maxBadFraction + ": give 0 to 1");
    }
    this.source = source;
    this.maxBadFraction = maxBadFraction;
  }

  @Override
  public synchronized void skip(int index, UserException why) {
    boolean known = skipped.putIfAbsent(index, why.getMessage()) != null;
    if (skipped.size() > maxBadFraction * size()) {
      throw new UserException(
          "%d of %d images can't be read, more than --max-bad-fraction %s allows: %s"
              .formatted(
                  skipped.size(),
                  size(),
                  maxBadFraction,
                  skipped.values().stream().limit(NAMED).collect(Collectors.joining("; "))),
          why);
    }
    if (!known) {
      LOG.warn("skipped, {} so far: {}", skipped.size(), why.getMessage());
    }
  }

  /** How many different images were left out so far. */
  public synchronized int skipped() {
    return skipped.size();
  }

  @Override
  public int size() {
    return source.size();
  }

  @Override
  public RgbImage image(int index) {
    return source.image(index);
  }

  @Override
  public int label(int index) {
    return source.label(index);
  }

  @Override
  public List<String> classNames() {
    return source.classNames();
  }

  @Override
  public String describe() {
    return source.describe();
  }

  @Override
  public void close() {
    source.close();
  }
}
