package io.github.dar.model;

import static io.github.dar.model.TransformerReference.CONFIG;
import static io.github.dar.model.TransformerReference.GROUPED;
import static io.github.dar.model.TransformerReference.assertClose;
import static io.github.dar.model.TransformerReference.read;
import static io.github.dar.model.TransformerReference.rows;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.dar.config.Precision;
import io.github.dar.config.UserException;
import io.github.dar.engine.Compute;
import io.github.dar.weights.HostTensor;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logits by the cache equal those of the whole sequence, and the reference's. */
final class TransformerCacheTest {

  private static Compute compute;

  @BeforeAll
  static void open() {
    compute = Compute.open("cpu", Precision.FP32, 1);
  }

  @AfterAll
  static void close() {
    compute.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 64})
  void cachedLogits_areTheReferences(int chunk) {
    Map<String, HostTensor> expected = read("cached.safetensors");
    long[] classes = expected.get("class_ids").toLongs();
    long[][] tokens = rows(expected.get("tokens"));
    try (NDManager scope = compute.manager().newSubManager();
        Weights weights = TransformerReference.weights(compute);
        Transformer model = new Transformer(compute, CONFIG, weights)) {
      NDArray caches = model.caches(scope, 2, 64);
      NDArray logits = stepped(scope, model, classes, tokens, chunk, caches);
      float[] whole = model.logits(scope, classes, tokens).toFloatArray();
      assertClose("uncached", logits.toFloatArray(), whole, 5e-5);
      assertClose("logits", logits.get("0:1"), expected.get("logits_sample0"), 5e-5);
      assertClose("keys", caches.get(0).get("0:1"), expected.get("k_cache_layer0_image0"), 1e-5);
      long[] none = {10, 10};
      NDArray first = model.advance(scope, none, new long[2][1], 0, model.caches(scope, 2, 1));
      assertClose("null class", first.squeeze(1), expected.get("null_logits"), 5e-5);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 12})
  void groupedQueries_workWithTheCache(int chunk) {
    Map<String, HostTensor> expected = read("gqa_train.safetensors");
    long[] classes = expected.get("class_ids").toLongs();
    long[][] tokens = rows(expected.get("tokens"));
    try (NDManager scope = compute.manager().newSubManager();
        Weights weights = TransformerReference.groupedWeights(compute);
        Transformer model = new Transformer(compute, GROUPED, weights)) {
      NDArray caches = model.caches(scope, 2, 12);
      NDArray logits = stepped(scope, model, classes, tokens, chunk, caches);
      assertClose("logits", logits, expected.get("logits"), 1e-5);
    }
  }

  @Test
  void decode_saysWhenTheNetworkIsBroken() {
    try (NDManager scope = compute.manager().newSubManager();
        Weights weights = TransformerReference.weights(compute);
        Transformer model = new Transformer(compute, CONFIG, weights)) {
      weights.arrays().get("norm.weight").muli(Float.NaN);
      float[] scales = {1, 1};
      TransformerDecoding decoding =
          new TransformerDecoding(
              new long[1], new long[1][0], scales, 0, model.caches(scope, 1, 2), 1, 0, 1, false);
      assertThatThrownBy(() -> model.decode(decoding, new long[1], 0, new double[1][2]))
          .isInstanceOf(UserException.class)
          .hasMessageStartingWith("the transformer's outputs are not numbers (NaN): ");
    }
  }

  private static NDArray stepped(
      NDManager scope,
      Transformer model,
      long[] classes,
      long[][] tokens,
      int chunk,
      NDArray caches) {
    NDArray all = null;
    int count = tokens[0].length;
    for (int start = 0; start < count; start += chunk) {
      int size = Math.min(chunk, count - start);
      long[][] inputs = new long[tokens.length][size];
      for (int row = 0; row < tokens.length; row++) {
        for (int i = 0; i < size; i++) {
          inputs[row][i] = start + i == 0 ? 0 : tokens[row][start + i - 1];
        }
      }
      NDArray logits = model.advance(scope, classes, inputs, start, caches);
      all = all == null ? logits : all.concat(logits, 1);
    }
    return all;
  }
}
