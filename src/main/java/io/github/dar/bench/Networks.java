package io.github.dar.bench;

import io.github.dar.engine.Compute;
import io.github.dar.model.ModelFolder;
import io.github.dar.model.Tokenizer;
import io.github.dar.model.Transformer;
import io.github.dar.model.Weights;
import java.util.Optional;

/** The networks that generate, each made when it is first asked for and shared from then on. */
final class Networks implements AutoCloseable {

  private final Compute compute;
  private final BenchModel model;
  private final long seed;
  private Weights transformerWeights;
  private Transformer transformer;
  private Weights tokenizerWeights;
  private Tokenizer tokenizer;

  Networks(Compute compute, BenchModel model, long seed) {
    this.compute = compute;
    this.model = model;
    this.seed = seed;
  }

  Transformer transformer() {
    if (transformer == null) {
      Optional<ModelFolder> folder = model.folder();
      if (folder.isPresent()) {
        transformer = folder.get().transformer(compute);
      } else {
        var config = model.inferring().orElseThrow();
        transformerWeights = RandomWeights.draw(compute, Transformer.parameters(config), seed);
        transformer = new Transformer(compute, config, transformerWeights);
      }
    }
    return transformer;
  }

  Tokenizer tokenizer() {
    if (tokenizer == null) {
      Optional<ModelFolder> folder = model.folder();
      if (folder.isPresent()) {
        tokenizer = folder.get().tokenizer(compute);
      } else {
        var config = model.tokenizer().orElseThrow();
        tokenizerWeights = RandomWeights.draw(compute, Tokenizer.parameters(config), seed);
        tokenizer = new Tokenizer(compute, config, tokenizerWeights);
      }
    }
    return tokenizer;
  }

  @Override
  public void close() {
    if (transformer != null) {
      transformer.close();
    }
    if (tokenizer != null) {
      tokenizer.close();
    }
    if (transformerWeights != null) {
      transformerWeights.close();
    }
    if (tokenizerWeights != null) {
      tokenizerWeights.close();
    }
  }
}
