package io.github.dar.generate;

import io.github.dar.data.ImageBatches;
import io.github.dar.data.ImageSource;
import io.github.dar.data.Squares;
import io.github.dar.data.TokenCodes;
import io.github.dar.data.TrainingCodes;
import io.github.dar.model.Tokenizer;

/**
 * Codes that are made when they are asked for: each time an image comes it is cut and mirrored
 * anew, as (seed, position) says. Images are decoded by threads ahead of the reader; the network
 * runs in the reader's own thread, as it takes the same device as the training.
 */
public final class FreshCodes implements TrainingCodes {

  private final Tokenizer tokenizer;
  private final ImageSource source;
  private final Squares squares;
  private final long seed;
  private ImageBatches batches;
  private int batchSize;
  private long waitedBefore;

  /**
   * @param tokenizer closed with this, as is the source
   * @param squares one an image
   * @param seed of order and augmentation
   */
  public FreshCodes(Tokenizer tokenizer, ImageSource source, Squares squares, long seed) {
    tokenizer.config().requireCodes("train-ar");
    if (squares.count() != 1) {
      throw new IllegalArgumentException(squares.count() + " squares an image");
    }
    this.tokenizer = tokenizer;
    this.source = source;
    this.squares = squares;
    this.seed = seed;
  }

  @Override
  public int images() {
    return source.size();
  }

  @Override
  public int tokens() {
    return tokenizer.config().tokens().numAllQueries();
  }

  @Override
  public int classes() {
    return source.classNames().size();
  }

  @Override
  public TokenCodes batch(long position, int count) {
    if (batches == null || batches.position() != position || batchSize != count) {
      closeBatches();
      batches =
          ImageBatches.training(
              source, squares, count, seed, position, ImageBatches.usualThreads());
      batchSize = count;
    }
    return Encoding.encode(tokenizer, batches.next());
  }

  @Override
  public long waited() {
    return waitedBefore + (batches == null ? 0 : batches.waited());
  }

  @Override
  public String describe() {
    return source.describe() + ", encoded anew each time";
  }

  private void closeBatches() {
    if (batches != null) {
      waitedBefore += batches.waited();
      batches.close();
      batches = null;
    }
  }

  @Override
  public void close() {
    closeBatches();
    tokenizer.close();
    source.close();
  }
}
