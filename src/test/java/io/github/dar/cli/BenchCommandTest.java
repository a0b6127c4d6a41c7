package io.github.dar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchCommandTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--minutes 0              | --minutes 0.0: give more than 0 and at most 1000, say 3",
        "--minutes nan            | --minutes NaN: give more than 0",
        "--only decoed            | --only decoed: unknown; did you mean 'decode'?",
        "--only everything        | --only everything: unknown; there are start-up, input, train-ar",
        "--size M                 | no size 'M'; there are B, L, XL and XXL",
        "--size L --model m       | --size and --model exclude each other",
        "--model no/such          | no/such is no folder"
      })
  void wrongOption_isOneLineBeforeAnyWork(String options, String message) {
    Cli.Result result = Cli.run(("bench " + options.strip().replace("nan", "NaN")).split(" "));
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).startsWith("dar: ").contains(message).hasLineCount(1);
    assertThat(result.out()).isEmpty();
  }

  /** With no time at all the limits are measured, and every row says that it is left out. */
  @Test
  void noTime_isSaidOfEveryRow() throws IOException {
    Cli.Result result =
        Cli.run("bench", "--minutes", "1e-6", "--size", "b", "--only", "decode,start-up", "--json");
    assertThat(result.code()).as(result.err()).isZero();
    JsonNode fields = new ObjectMapper().readTree(result.out());
    assertThat(fields.at("/versions/libtorch").asText()).isNotEmpty();
    assertThat(fields.at("/machine/processor").asText()).isNotEmpty();
    assertThat(fields.get("model").asText()).isEqualTo("size B");
    assertThat(fields.at("/limits/0/median").asDouble()).isPositive();
    assertThat(fields.get("rows")).isEmpty();
    assertThat(fields.get("left_out")).hasSize(5);
    assertThat(fields.at("/left_out/0/why").asText()).startsWith("no time");
    assertThat(fields.at("/left_out/0/name").asText()).isEqualTo("start-up");
  }
}
