package io.github.dar.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.dar.config.UserException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Strict matching of names and shapes. */
class StateDictsTest {

  private static final HostTensor TWO = HostTensor.of(new float[2], 2);

  private static final List<Predicate<String>> OPTIONAL =
      List.of(
          StateDicts.names("diff_decoder.net.repa_out.*"),
          StateDicts.names("quantize.codebook_used"));

  @Test
  void check_allFit_returnsThemInTheModelsOrder() {
    Map<String, long[]> expected = new LinkedHashMap<>();
    expected.put("b", new long[] {2});
    expected.put("a", new long[] {2});
    StateDicts.Match match =
        StateDicts.check("x.pt", expected, Map.of("a", TWO, "b", TWO), List.of());
    assertThat(match.tensors().keySet()).containsExactly("b", "a");
    assertThat(match.missing()).isEmpty();
    assertThat(match.ignored()).isEmpty();
  }

  @Test
  void check_everythingWrong_listsAllThree() {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(
            () ->
                StateDicts.check(
                    "x.pt",
                    Map.of("gone", new long[] {1}, "shape", new long[] {3, 1}),
                    Map.of("new", TWO, "shape", TWO),
                    OPTIONAL))
        .withMessage(
            "the weights in x.pt don't fit the model: 1 missing (gone); 1 unexpected (new); 1"
                + " wrongly shaped (shape is [2], should be [3, 1]); use the configuration they"
                + " were trained with");
  }

  @Test
  void check_manyMissing_countsTheRest() {
    Map<String, long[]> expected = new LinkedHashMap<>();
    for (int i = 0; i < 30; i++) {
      expected.put("w" + i, new long[] {1});
    }
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> StateDicts.check("x.pt", expected, Map.of(), List.of()))
        .withMessageContaining("30 missing (w0, w1, w2, w3, w4, w5, w6, w7 and 22 more)");
  }

  @Test
  void check_optionalNames_mayBeMissingOrThereInVain() {
    StateDicts.Match match =
        StateDicts.check(
            "x.pt",
            Map.of("a", new long[] {2}, "quantize.codebook_used", new long[] {65536}),
            Map.of("a", TWO, "diff_decoder.net.repa_out.0.weight", TWO),
            OPTIONAL);
    assertThat(match.tensors()).containsOnlyKeys("a");
    assertThat(match.missing()).containsExactly("quantize.codebook_used");
    assertThat(match.ignored()).containsExactly("diff_decoder.net.repa_out.0.weight");
  }

  @Test
  void names_starsAnywhere_match() {
    assertThat(StateDicts.names("a.*.w*t").test("a.b.c.weight")).isTrue();
    assertThat(StateDicts.names("a.*.w*t").test("a.b.c.bias")).isFalse();
    assertThat(StateDicts.names("ab*bc").test("abc")).isFalse();
    assertThat(StateDicts.names("a").test("ab")).isFalse();
    assertThat(StateDicts.names("*").test("")).isTrue();
  }
}
