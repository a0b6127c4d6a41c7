package io.github.dar.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dar.config.TokenizerConfig;
import io.github.dar.config.TransformerConfig;
import io.github.dar.testing.TinyRun;
import org.junit.jupiter.api.Test;

/** Against sums done by hand. */
class FlopsTest {

  private static final TransformerConfig L = TransformerConfig.preset("L");

  /** A block of L: 4 * 1024^2 of attention, 3 * 1024 * 2816 of the feed-forward layer. */
  private static final long L_WEIGHTS = 24 * (4_194_304L + 8_650_752L) + 16384 * 1024L;

  @Test
  void weights_areThoseOfBlocksAndOutput() {
    assertThat(Flops.weights(L)).isEqualTo(L_WEIGHTS).isEqualTo(325_058_560L);
  }

  @Test
  void training_isSixTimesWeightsTimesTokens_andAttention() {
    double attention = 3 * 2.0 * 24 * 256 * 256 * 1024;
    assertThat(Flops.training(L, 4)).isEqualTo(4 * (6.0 * L_WEIGHTS * 256 + attention));
  }

  @Test
  void decoding_readsWeightsOnceAndTheCacheOfEachRow() {
    assertThat(Flops.decoding(L, 2, 99)).isEqualTo(2 * (2.0 * L_WEIGHTS + 4.0 * 24 * 100 * 1024));
    assertThat(Flops.decodingBytes(L, 1, 99, 2, 2))
        .isEqualTo(2 * (L_WEIGHTS + 2.0 * 24 * 1024 * 100));
    assertThat(Flops.decodingBytes(L, 32, 99, 4, 4))
        .isEqualTo(4 * (L_WEIGHTS + 32 * 2.0 * 24 * 1024 * 100));
  }

  /** 16x16 pixels: 4 patches of 8x8; 8 tokens, 2 a step; width 64; one layer of each. */
  @Test
  void tokenizer_countsEachMatrixWithTheRowsThatMeetIt() {
    TokenizerConfig c = TinyRun.config().model().requireTokenizer("test");
    double dd = 64 * 64;
    double pixels = 3 * 8 * 8 * 64;
    // Four rows: in, out, attention 4, cross-attention's q and proj 2, mlp 8, modulation 6.
    // Two rows: cond_mlp 1, cond_embed 2, cross-attention's k and v 2. One: the time's 2.
    double denoising =
        2 * (4 * (2 * pixels + (4 + 2 + 8 + 6) * dd) + 2 * 5 * dd + 2 * dd) + 4 * 4 * (4 + 2) * 64;
    assertThat(Flops.denoising(c, 1, 16)).isEqualTo(denoising);
    assertThat(Flops.denoising(c, 3, 16)).isEqualTo(3 * denoising);

    // 12 rows in the encoder's block, 8 in the conditions'; 4 patches; two small projections.
    double encoder = 2 * (12 * 12 * dd + 4 * pixels + 8 * 8 * 64) + 4 * 12 * 12 * 64;
    double conditions = 2 * (8 * 12 * dd + 8 * 8 * 64) + 2 * 8 * 8 * 64;
    double queries = 2 * 8 * 8 * 64;
    assertThat(Flops.training(c, 2, 16))
        .isEqualTo(3 * 2 * (encoder + conditions + queries + denoising));
  }

  @Test
  void demand_isBoundByWhatTakesLonger() {
    Demand few = new Demand(2e9, 1e9);
    assertThat(few.isBoundByMemory(1e12, 1e11)).isTrue();
    assertThat(few.seconds(1e12, 1e11)).isEqualTo(0.01);
    Demand many = new Demand(1e12, 1e9);
    assertThat(many.isBoundByMemory(1e12, 1e11)).isFalse();
    assertThat(many.seconds(1e12, 1e11)).isEqualTo(1);
  }
}
