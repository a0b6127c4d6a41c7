package io.github.dar.generate;

import ai.djl.ndarray.NDManager;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import io.github.dar.model.Transformer;
import io.github.dar.model.TransformerDecoding;

/**
 * The tokens of some images in the making: B rows that grow by as many tokens as are asked for.
 * Each image draws from its own stream, one number a token, so neither the batch nor the sizes of
 * the increments matter to what comes out.
 */
public final class TokenSession implements AutoCloseable {

  private final Transformer transformer;
  private final NDManager manager;
  private final TransformerDecoding decoding;
  private final RandomStream[] streams;
  private final long[] previous;
  private final int length;
  private int position;

  TokenSession(Transformer transformer, TokenRequest request, SamplingOptions options, int length) {
    int batch = request.classes().length;
    this.transformer = transformer;
    this.length = length;
    this.previous = new long[batch];
    this.streams = new RandomStream[batch];
    for (int i = 0; i < batch; i++) {
      streams[i] = RandomStream.of(request.seed(), Purpose.TOKEN, request.images()[i]);
    }
    float[] scales = options.guidance().schedule(length);
    int guidedEnd = guidedEnd(scales, request.forcedCount());
    this.manager = transformer.compute().manager().newSubManager();
    this.decoding =
        new TransformerDecoding(
            request.classes(),
            request.forced(),
            scales,
            guidedEnd,
            transformer.caches(manager, guidedEnd > 0 ? 2 * batch : batch, length),
            options.temperature(),
            options.topK(),
            options.topP(),
            options.greedy());
  }

  /** Behind the last guided token that is sampled; 0 if there is none. */
  private static int guidedEnd(float[] scales, int forced) {
    int end = scales.length;
    while (end > 0 && scales[end - 1] == 1) {
      end--;
    }
    return end > forced ? end : 0;
  }

  /**
   * The next tokens of every image.
   *
   * @param n how many, at least 1 and at most {@link #remaining}
   * @return {@code [B][n]}
   */
  public long[][] next(int n) {
    if (n < 1 || n > remaining()) {
      throw new IllegalArgumentException(n + " tokens asked for, " + remaining() + " are left");
    }
    double[][] uniforms = new double[streams.length][n];
    for (int i = 0; i < streams.length; i++) {
      for (int j = 0; j < n; j++) {
        uniforms[i][j] = streams[i].nextDouble();
      }
    }
    long[][] tokens = transformer.decode(decoding, previous, position, uniforms);
    for (int i = 0; i < streams.length; i++) {
      previous[i] = tokens[i][n - 1];
    }
    position += n;
    return tokens;
  }

  /** Returns how many tokens of each image exist. */
  public int position() {
    return position;
  }

  /** Returns how many tokens of each image are still to come. */
  public int remaining() {
    return length - position;
  }

  /** Returns whether any token is guided: the caches and the work are then twice as large. */
  boolean isGuided() {
    return decoding.guidedEnd() > 0;
  }

  /** Frees the caches. */
  @Override
  public void close() {
    manager.close();
  }
}
