package io.github.dar.data;

import io.github.dar.engine.RandomStream;
import java.util.List;

/**
 * All ten crops of a middle square 1.1 times as large: what the transformer's recipe draws one of
 * (method section 11).
 *
 * @param size of each in pixels
 */
public record TenCrops(int size) implements Squares {

  /** How many there are. */
  public static final int COUNT = 10;

  private static final double MARGIN = 1.1;

  /** The square that the crops are taken from. */
  static RgbImage middle(RgbImage image, int size) {
    return Crops.centerCrop(image, (int) (size * MARGIN));
  }

  @Override
  public int count() {
    return COUNT;
  }

  @Override
  public List<RgbImage> of(RgbImage image, RandomStream random) {
    return Crops.tenCrop(middle(image, size), size);
  }
}
