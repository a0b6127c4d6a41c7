package io.github.dar.data;

import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;

/**
 * Which image comes at which position of an endless run: every epoch shows each image once, in an
 * order that is a function of (seed, epoch). A position alone is enough to go on from. Threads may
 * share it.
 */
public final class EpochOrder {

  private final long seed;
  private final int size;
  private long epoch = -1;
  private int[] order;

  /**
   * @param size how many images an epoch has
   */
  public EpochOrder(long seed, int size) {
    this.seed = seed;
    this.size = size;
  }

  /** Returns the image at a position, counted from the start of the run. */
  public synchronized int at(long position) {
    if (position / size != epoch) {
      epoch = position / size;
      order = RandomStream.of(seed, Purpose.DATA_ORDER, epoch).permutation(size);
    }
    return order[(int) (position % size)];
  }
}
