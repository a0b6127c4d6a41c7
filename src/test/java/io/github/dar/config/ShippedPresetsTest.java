package io.github.dar.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every file under {@code configs/} is read, resolved, and says in its head what it gives. */
class ShippedPresetsTest {

  static List<Path> presets() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("configs"))) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("presets")
  void preset_isReadAndComesBackFromItsResolvedForm(Path file) {
    RunConfig config = Yaml.read(file, RunConfig.class);
    RunConfig again = Yaml.parse(Yaml.toYaml(config), "resolved", RunConfig.class);
    assertThat(again).isEqualTo(config);
  }

  @ParameterizedTest
  @MethodSource("presets")
  void preset_saysWhatItIs(Path file) throws IOException {
    assertThat(Files.readString(file)).startsWith("# ");
  }

  @ParameterizedTest
  @CsvSource({"b, 12, 111", "l, 24, 343", "xl, 36, 775", "xxl, 48, 1411"})
  void transformer_hasThePublishedSize(String size, int layers, int millions) {
    RunConfig config =
        Yaml.read(Path.of("configs/ar-" + size + "-imagenet256.yaml"), RunConfig.class);
    TransformerConfig network = config.model().requireAr("test");
    assertThat(network.nLayer()).isEqualTo(layers);
    assertThat(network).isEqualTo(TransformerConfig.preset(size));
    assertThat(Math.round(network.parameterCount() / 1e6)).isEqualTo(millions);
  }

  @Test
  void tokenizer_isThePublishedOne() {
    RunConfig recipe = Yaml.read(Path.of("configs/tokenizer-imagenet256.yaml"), RunConfig.class);
    RunConfig published = Yaml.read(Presets.TOKENIZER_V1, RunConfig.class);
    assertThat(recipe.model().tokenizer()).isEqualTo(published.model().tokenizer());
  }
}
