package io.github.dar.bench;

import ai.djl.ndarray.NDManager;
import io.github.dar.config.TransformerConfig;
import io.github.dar.model.Transformer;

/** The logits of all tokens of one image in one pass. */
final class Prefill implements TimedProbe.Task {

  private final Transformer transformer;
  private final long[][] tokens;

  Prefill(Transformer transformer, long seed) {
    TransformerConfig config = transformer.config();
    this.transformer = transformer;
    this.tokens = RandomTokens.of(config.sequence(), 1, config.sequence().blockSize(), seed);
  }

  @Override
  public void run() {
    try (NDManager scope = transformer.compute().manager().newSubManager()) {
      Devices.await(transformer.logits(scope, new long[1], tokens));
    }
  }
}
