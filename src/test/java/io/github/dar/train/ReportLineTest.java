package io.github.dar.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportLineTest {

  private static Map<String, Double> values(Object... pairs) {
    Map<String, Double> out = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      out.put((String) pairs[i], (Double) pairs[i + 1]);
    }
    return out;
  }

  @Test
  void tokenizer_hasItsLossesByName() {
    assertThat(
            ReportLine.of(
                values(
                    "grad_norm", 0.52344,
                    "loss", 1.23456,
                    "loss_entropy", -0.25,
                    "loss_flow", 0.00012345,
                    "lr", 0.0015,
                    "images_per_second", 161.4,
                    "tokens_per_second", 5165.0,
                    "data_wait", 0.024,
                    "memory_mb", 828.0,
                    "codebook_usage", 0.875,
                    "codebook_perplexity", 143.2,
                    "dead_positions", 0.0)))
        .isEqualTo(
            "loss 1.235, entropy -0.2500, flow 1.23e-4, lr 1.50e-3, gradient 0.5234, 161 img/s, 5165 tok/s,"
                + " waits for data 2%, 828 MB, codebook used 88%, perplexity 143, dead positions 0%");
  }

  @Test
  void transformer_isComparedWithGuessing_andShownByGroup() {
    assertThat(
            ReportLine.of(
                values(
                    "loss", 4.5,
                    "loss_of_guessing", 5.5452,
                    "loss_group_0", 4.0,
                    "loss_group_1", 5.0)))
        .isEqualTo("loss 4.500 (guessing 5.545), by group 4.00 5.00");
  }

  @Test
  void emptyMemory_isNotInvented() {
    assertThat(ReportLine.of(values("loss", 0.0))).isEqualTo("loss 0.0000");
  }
}
