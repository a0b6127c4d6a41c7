package io.github.dar.config;

import java.nio.file.Path;
import java.util.List;

/** The shipped presets, as tests read and vary them. */
final class Presets {

  static final Path FASHION_MNIST = Path.of("configs/fashion-mnist.yaml");
  static final Path TOKENIZER_V1 = Path.of("configs/tokenizer-v1.yaml");

  private Presets() {}

  /** The Fashion-MNIST preset with overrides. */
  static RunConfig fashionMnist(String... overrides) {
    return Yaml.read(FASHION_MNIST, RunConfig.class, List.of(overrides));
  }
}
