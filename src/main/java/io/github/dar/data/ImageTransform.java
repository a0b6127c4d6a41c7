package io.github.dar.data;

import io.github.dar.config.Fit;
import io.github.dar.config.UserException;
import io.github.dar.engine.RandomStream;
import java.util.List;

/**
 * The way of an image to what a network sees.
 *
 * @param size of the square that comes out, in pixels
 * @param fit how it is cut
 * @param flip whether half of the images, drawn at random, are mirrored
 * @param minFraction the least part of the short side that a random crop shows, in (0, maxFraction]
 * @param maxFraction the largest part of the short side that a random crop shows, at most 1
 */
public record ImageTransform(
    int size, Fit fit, boolean flip, double minFraction, double maxFraction) implements Squares {

  /** The paper's: a square of 256 out of a short side of 256 to 320. */
  public static final double DEFAULT_MIN_FRACTION = 0.8;

  /** The paper's: the whole short side may be shown. */
  public static final double DEFAULT_MAX_FRACTION = 1.0;

  /** Checks the ranges. */
  public ImageTransform {
    if (size < 1) {
      throw new UserException("image size is " + size + "; give at least 1 pixel");
    }
    if (!(minFraction > 0 && minFraction <= maxFraction && maxFraction <= 1)) {
      throw new UserException(
          "random crop from %s to %s of the short side; give 0 < MIN <= MAX <= 1"
              .formatted(minFraction, maxFraction));
    }
  }

  /**
   * A transform with the paper's fractions.
   *
   * @param size of the square that comes out, in pixels
   * @param flip whether half of the images are mirrored
   */
  public static ImageTransform of(int size, Fit fit, boolean flip) {
    return new ImageTransform(size, fit, flip, DEFAULT_MIN_FRACTION, DEFAULT_MAX_FRACTION);
  }

  /**
   * The square that an image becomes.
   *
   * @param random where all draws come from, in an order that only depends on this transform
   */
  public RgbImage apply(RgbImage image, RandomStream random) {
    boolean mirror = flip && random.nextFloat() < 0.5f;
    RgbImage square =
        switch (fit) {
          case CROP -> Crops.centerCrop(image, size);
          case RANDOM_CROP -> Crops.randomCrop(image, size, minFraction, maxFraction, random);
          case TEN_CROP ->
              Crops.oneOfTenCrops(
                  TenCrops.middle(image, size), size, random.nextInt(TenCrops.COUNT));
          case PAD -> Crops.pad(image, size);
        };
    return mirror ? Crops.flip(square) : square;
  }

  @Override
  public int count() {
    return 1;
  }

  @Override
  public List<RgbImage> of(RgbImage image, RandomStream random) {
    return List.of(apply(image, random));
  }
}
