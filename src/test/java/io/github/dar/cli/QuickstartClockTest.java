package io.github.dar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dar.cli.QuickstartSteps.Name;
import org.junit.jupiter.api.Test;

class QuickstartClockTest {

  private final QuickstartClock clock = new QuickstartClock(8);

  private double planned() {
    return clock.seconds(Name.TOKENIZER) + clock.seconds(Name.CODES);
  }

  @Test
  void asPlanned_transformerTrainsAsPlanned() {
    assertThat(clock.secondsOfAr(planned())).isCloseTo(clock.seconds(Name.AR), within(1e-6));
  }

  @Test
  void tokenizerTookLess_transformerGetsTheRest() {
    assertThat(clock.secondsOfAr(planned() - 60))
        .isCloseTo(clock.seconds(Name.AR) + 60, within(1e-6));
  }

  @Test
  void tokenizerTookFarTooLong_transformerStillTrains() {
    assertThat(clock.secondsOfAr(planned() + 1000)).isEqualTo(clock.seconds(Name.AR) / 2);
  }
}
