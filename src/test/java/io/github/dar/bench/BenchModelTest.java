package io.github.dar.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dar.config.ModelConfig;
import io.github.dar.config.TokenizerConfig;
import io.github.dar.config.TransformerConfig;
import io.github.dar.config.UserException;
import io.github.dar.config.Yaml;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class BenchModelTest {

  private static final long PLENTY = 64L << 30;

  @Test
  void published_hasThePublishedTokenizer() {
    ModelConfig yaml = Yaml.read(Path.of("configs/tokenizer-v1.yaml"), ModelConfig.class);
    assertThat(BenchModel.published("L", PLENTY).tokenizer()).isEqualTo(yaml.tokenizer());
  }

  @Test
  void published_unknownSize_namesThoseThatAre() {
    assertThatThrownBy(() -> BenchModel.published("M", PLENTY))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no size 'M'")
        .hasMessageContaining("XXL");
  }

  @Test
  void inferring_hasAsManyLayersAsTheMemoryHasRoomFor() {
    TransformerConfig whole = TransformerConfig.preset("L");
    assertThat(BenchModel.published("L", PLENTY).inferring()).contains(whole);
    TransformerConfig part = BenchModel.published("L", 3L << 30).inferring().orElseThrow();
    assertThat(part.nLayer()).isBetween(2, 23);
    assertThat(6 * part.parameterCount()).isLessThanOrEqualTo((long) (0.4 * (3L << 30)));
    assertThat(BenchModel.published("L", 1).inferring().orElseThrow().nLayer()).isEqualTo(1);
  }

  @Test
  void withLayers_changesNothingElse() {
    TransformerConfig ar = TransformerConfig.preset("B");
    assertThat(BenchModel.withLayers(ar, 99)).isEqualTo(ar);
    assertThat(BenchModel.withLayers(ar, 4).nLayer()).isEqualTo(4);
    TokenizerConfig tokenizer = BenchModel.published("B", PLENTY).tokenizer().orElseThrow();
    assertThat(BenchModel.withLayers(tokenizer, 99)).isEqualTo(tokenizer);
    assertThat(BenchModel.withLayers(tokenizer, 3).diffDecoder().depth()).isEqualTo(3);
    assertThat(BenchModel.layers(4, 24)).isEqualTo("4 of 24 layers");
    assertThat(BenchModel.layers(24, 24)).isEqualTo("24 layers");
  }
}
