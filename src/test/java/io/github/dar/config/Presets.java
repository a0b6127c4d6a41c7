package io.github.dar.config;

import java.nio.file.Path;
import java.util.List;

/** Presets as tests read and vary them: the tokenizer that ships, and a copy for variation. */
final class Presets {

  static final Path FASHION_MNIST = Path.of("src/test/resources/io/github/dar/config/preset.yaml");
  static final Path TOKENIZER_V1 = Path.of("configs/tokenizer-v1.yaml");

  private Presets() {}

  /** The Fashion-MNIST preset with overrides. */
  static RunConfig fashionMnist(String... overrides) {
    return Yaml.read(FASHION_MNIST, RunConfig.class, List.of(overrides));
  }
}
