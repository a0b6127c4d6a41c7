package io.github.dar.data;

/**
 * What a transformer is trained on: the tokens and classes of the samples of an endless run. A
 * position alone decides what comes, so a run can go on anywhere.
 */
public interface TrainingCodes extends AutoCloseable {

  /** How many images an epoch has. */
  int images();

  /** How many tokens each image has. */
  int tokens();

  /** How many classes there are: one more than the largest label. */
  int classes();

  /**
   * The samples at some positions of the run.
   *
   * @param position of the first, counted from the start of the run
   * @param count how many
   */
  TokenCodes batch(long position, int count);

  /** How long {@link #batch} had to wait for images so far, in nanoseconds. */
  long waited();

  /** One line that tells these codes from others. */
  String describe();

  @Override
  void close();
}
