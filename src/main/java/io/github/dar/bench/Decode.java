package io.github.dar.bench;

import ai.djl.ndarray.NDManager;
import io.github.dar.config.SequenceConfig;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import io.github.dar.model.Transformer;
import io.github.dar.model.TransformerDecoding;
import java.util.Arrays;

/**
 * A few tokens of some images without guidance, in the middle of the sequence: what tokens cost on
 * average. What lies in the caches doesn't matter, so nothing is computed to fill them.
 */
final class Decode implements TimedProbe.Task {

  /** Tokens of a run. */
  private static final int MOST_TOKENS = 8;

  private final Transformer transformer;
  private final NDManager manager;
  private final TransformerDecoding decoding;
  private final long[] previous;
  private final int start;
  private final double[][] uniforms;

  Decode(Transformer transformer, int rows, long seed) {
    SequenceConfig sequence = transformer.config().sequence();
    this.transformer = transformer;
    this.manager = transformer.compute().manager().newSubManager();
    this.previous = new long[rows];
    this.start = start(sequence);
    this.uniforms = new double[rows][count(sequence)];
    for (int i = 0; i < rows; i++) {
      RandomStream random = RandomStream.of(seed, Purpose.TOKEN, i);
      Arrays.setAll(uniforms[i], n -> random.nextDouble());
    }
    float[] unguided = new float[sequence.blockSize()];
    Arrays.fill(unguided, 1);
    this.decoding =
        new TransformerDecoding(
            new long[rows],
            new long[rows][0],
            unguided,
            0,
            transformer.caches(manager, rows, sequence.blockSize()),
            1,
            0,
            1,
            false);
  }

  /** How many tokens there are before the first that is measured. */
  static int start(SequenceConfig sequence) {
    return (sequence.blockSize() - count(sequence)) / 2;
  }

  /** How many tokens of each image a run makes. */
  static int count(SequenceConfig sequence) {
    return Math.min(MOST_TOKENS, sequence.blockSize());
  }

  @Override
  public void run() {
    transformer.decode(decoding, previous, start, uniforms);
  }

  @Override
  public void close() {
    manager.close();
  }
}
