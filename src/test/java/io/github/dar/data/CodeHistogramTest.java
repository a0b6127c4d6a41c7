package io.github.dar.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CodeHistogramTest {

  @Test
  void evenUse_hasThePerplexityOfItsSize() {
    CodeHistogram histogram = new CodeHistogram(8);
    for (int i = 0; i < 12; i++) {
      histogram.add(i % 4);
    }
    assertThat(histogram.usage()).isEqualTo(0.5);
    assertThat(histogram.perplexity()).isCloseTo(4, within(1e-12));
  }

  @Test
  void unevenUse_isTheExponentialOfTheEntropy() {
    CodeHistogram histogram = new CodeHistogram(4);
    histogram.add(0);
    histogram.add(0);
    histogram.add(0);
    histogram.add(3);
    double entropy = -(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25));
    assertThat(histogram.perplexity()).isCloseTo(Math.exp(entropy), within(1e-12));

    histogram.remove(3);
    assertThat(histogram.usage()).isEqualTo(0.25);
    assertThat(histogram.perplexity()).isEqualTo(1);
  }
}
