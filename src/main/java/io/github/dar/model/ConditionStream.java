package io.github.dar.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.TokenizerConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * Conditions of tokens as they come: the condition decoder is causal, so what it says of a token is
 * final as soon as the token exists. Keeps keys and values of all tokens so far.
 */
public final class ConditionStream implements AutoCloseable {

  private final Tokenizer tokenizer;
  private final NDManager manager;
  private final List<NDArray> caches = new ArrayList<>();
  private final List<NDArray> pieces = new ArrayList<>();
  private int length;

  ConditionStream(Tokenizer tokenizer, int batch) {
    this.tokenizer = tokenizer;
    this.manager = tokenizer.compute().manager().newSubManager();
    for (int i = 0; i < 2 * Math.max(1, tokenizer.config().numDecoderLayers()); i++) {
      caches.add(emptyCache(manager, tokenizer, batch));
    }
  }

  /**
   * Takes the next tokens.
   *
   * @param codes {@code [B, n]} int64
   */
  public void append(NDArray codes) {
    pieces.add(tokenizer.conditionIncrement(manager, codes, length, caches));
    length += (int) codes.getShape().get(1);
  }

  /** Returns how many tokens have come. */
  public int length() {
    return length;
  }

  /**
   * Conditions of the tokens {@code begin .. end - 1}, all of which must have come.
   *
   * @return {@code [B, end - begin, D]}
   */
  public NDArray window(NDManager into, int begin, int end) {
    if (end > length) {
      throw new IllegalStateException("token " + end + " of " + length + " is not there yet");
    }
    if (pieces.size() > 1) {
      NDArray joined = join();
      pieces.clear();
      pieces.add(joined);
    }
    NDArray window = pieces.get(0).get(":, " + begin + ":" + end);
    window.attach(into);
    return window;
  }

  private NDArray join() {
    NDArray joined = NDArrays.concat(new NDList(pieces), 1);
    joined.attach(manager);
    pieces.forEach(NDArray::close);
    return joined;
  }

  @Override
  public void close() {
    manager.close();
  }

  /** An empty cache array, in the compute type. */
  private static NDArray emptyCache(NDManager into, Tokenizer tokenizer, int batch) {
    int head = TokenizerConfig.HEAD_SIZE;
    Shape shape =
        new Shape(
            batch,
            tokenizer.config().decoderDim() / head,
            tokenizer.config().tokens().numAllQueries(),
            head);
    NDArray zeros = into.zeros(shape, DataType.FLOAT32);
    return tokenizer.compute().tensors().cast(into, zeros, tokenizer.compute().dtype());
  }
}
