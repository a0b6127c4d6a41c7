package io.github.dar.data;

import io.github.dar.config.UserException;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;

/**
 * Codes that were made ahead, in the order of (seed, epoch). Of several crops one is drawn anew
 * each time an image comes.
 */
public final class ShuffledCodes implements TrainingCodes {

  private final CodesFile file;
  private final long seed;
  private final EpochOrder order;

  /**
   * @param file closed with this
   * @param seed of the order and the crops
   */
  public ShuffledCodes(CodesFile file, long seed) {
    if (file.smallestLabel() < 0) {
      throw new UserException("the codes have the label " + file.smallestLabel() + "; mend it");
    }
    this.file = file;
    this.seed = seed;
    this.order = new EpochOrder(seed, file.images());
  }

  @Override
  public int images() {
    return file.images();
  }

  @Override
  public int tokens() {
    return file.tokens();
  }

  @Override
  public int classes() {
    return Math.toIntExact(file.largestLabel() + 1);
  }

  @Override
  public TokenCodes batch(long position, int count) {
    long[][] codes = new long[count][];
    long[] labels = new long[count];
    for (int i = 0; i < count; i++) {
      int image = order.at(position + i);
      RandomStream random = RandomStream.of(seed, Purpose.AUGMENTATION, position + i);
      codes[i] = file.codes(image, file.crops() == 1 ? 0 : random.nextInt(file.crops()));
      labels[i] = file.label(image);
    }
    return new TokenCodes(codes, labels);
  }

  @Override
  public long waited() {
    return 0;
  }

  @Override
  public String describe() {
    return "%d images of %d crops, checksum of their codes %08x"
        .formatted(images(), file.crops(), file.checksum());
  }

  @Override
  public void close() {
    file.close();
  }
}
