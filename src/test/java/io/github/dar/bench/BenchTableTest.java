package io.github.dar.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BenchTableTest {

  private static Spread spread(double least, double middle, double most) {
    return Spread.of(List.of(most, least, middle));
  }

  @Test
  void lines_areAligned() {
    Row reading = new Row("decoding, 1 row", "24 layers", "ms/token", "GB/s", "reading", false);
    Row start = new Row("start-up", "dar --help", "ms", "ms", "java", true);
    BenchResult result =
        new BenchResult(
            new Machine("Processor", 2, 16_000_000_000L, 1.5, "CPU, fp32"),
            "size L",
            List.of(new BenchResult.Limit("reading memory", "GB/s", spread(40, 50, 60))),
            List.of(
                Measured.of(reading, List.of(new Reading(40, 20, 50))),
                Measured.of(start, List.of(new Reading(240, 240, 60)))),
            List.of(new LeftOut(reading, "no time")),
            12.3);

    assertThat(result.lines())
        .containsExactly(
            "Processor, 2 cores, 16 GB; CPU, fp32",
            "other programs were at work (load 1.5): stop them for figures to compare",
            "model: size L",
            "",
            "limit of this machine  median                    best",
            "reading memory         50.0 (40.0 to 60.0) GB/s  60.0",
            "",
            "what             time                          achieved   limit      share  of",
            "decoding, 1 row  40.0 (40.0 to 40.0) ms/token  20.0 GB/s  50.0 GB/s  40%    24 layers; limit: reading",
            "start-up         240 (240 to 240) ms                      60.0 ms    25%    dar --help; limit: java",
            "",
            "left out: decoding, 1 row, 24 layers: no time",
            "12 s; medians, the least and the most in brackets");
  }

  @Test
  void numbers_haveThreeDigits() {
    assertThat(List.of(0.1234, 1.0, 9.994, 9.996, 99.94, 99.96, 1234.0))
        .extracting(BenchTable::number)
        .containsExactly("0.12", "1.00", "9.99", "10.0", "99.9", "100", "1234");
  }

  @Test
  void spread_liesBetweenTheNearestRounds() {
    assertThat(Spread.of(List.of(4.0, 1.0, 2.0, 3.0)))
        .isEqualTo(new Spread(1, 1.75, 2.5, 3.25, 4, 4));
    assertThat(Spread.of(List.of(7.0))).isEqualTo(new Spread(7, 7, 7, 7, 7, 1));
  }

  @Test
  void processor_isNamedAsLinuxDoes() {
    assertThat(Machine.inCpuInfo("processor : 0\nmodel name\t: Some CPU @ 2 GHz\nflags : x\n"))
        .isEqualTo("Some CPU @ 2 GHz");
    assertThat(Machine.inCpuInfo("")).isEqualTo(System.getProperty("os.arch"));
  }
}
