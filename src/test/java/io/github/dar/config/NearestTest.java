package io.github.dar.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Suggestions for misspelt words. */
class NearestTest {

  @ParameterizedTest
  @CsvSource({
    "dim, dim, 0",
    "DIM, dim, 0",
    "dmi, dim, 1",
    "dm, dim, 1",
    "diim, dim, 1",
    "dam, dim, 1",
    "'', dim, 3",
    "kitten, sitting, 3"
  })
  void distance_countsSlips(String from, String to, int slips) {
    assertThat(Nearest.distance(from, to)).isEqualTo(slips);
    assertThat(Nearest.distance(to, from)).isEqualTo(slips);
  }

  @Test
  void hint_namesTheNearestOrAll() {
    List<String> sizes = List.of("Sneaker", "Sandal");
    assertThat(Nearest.hint("sneeker", sizes)).isEqualTo("did you mean 'Sneaker'?");
    assertThat(Nearest.hint("glove", sizes)).isEqualTo("there are Sneaker, Sandal");
  }
}
