package io.github.dar.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How the time is dealt out, on a clock that only the measured work moves. */
class BenchBudgetTest {

  private long nanos;
  private final List<String> closed = new ArrayList<>();
  private final List<String> said = new ArrayList<>();

  private void work(double seconds) {
    nanos += (long) (seconds * 1e9);
  }

  private Bench bench(double seconds) {
    return new Bench(
        new Budget(seconds, () -> nanos),
        (done, count, next) -> said.add(done + "/" + count + " " + next));
  }

  /** Work that takes so many seconds each time. */
  private Case costing(String name, double weight, double least, double seconds) {
    Row row = new Row(name, "", "ms", "GB/s", "reading", false);
    return Case.of(name, List.of(row), weight, least, () -> new Fake(name, seconds));
  }

  /** Reads 1, 2, 3... of a limit of 10. */
  private final class Fake implements Probe {
    private final String name;
    private final double seconds;
    private int rounds;

    Fake(String name, double seconds) {
      this.name = name;
      this.seconds = seconds;
    }

    @Override
    public void warmUp() {
      work(seconds);
    }

    @Override
    public List<Reading> round() {
      work(seconds);
      rounds++;
      return List.of(new Reading(1000 * seconds, rounds, 10));
    }

    @Override
    public void close() {
      closed.add(name);
    }
  }

  @Test
  void time_isDealtOutByWeight_andNeverExceeded() {
    Bench bench = bench(20);
    bench.measure(List.of(costing("a", 3, 2, 1), costing("b", 1, 2, 1)));
    assertThat(bench.measured()).extracting(row -> row.time().rounds()).containsExactly(14, 4);
    assertThat(nanos / 1e9).isLessThanOrEqualTo(20);
    assertThat(bench.leftOut()).isEmpty();
    assertThat(closed).containsExactly("a", "b");
    assertThat(said).containsExactly("0/2 a", "1/2 b", "2/2 ");
  }

  @Test
  void whatOneLeaves_goesToTheNext() {
    Bench bench = bench(40);
    bench.measure(List.of(costing("quick", 3, 0, 0.01), costing("slow", 1, 0, 3)));
    assertThat(bench.measured()).extracting(row -> row.time().rounds()).containsExactly(15, 12);
  }

  @Test
  void slowWork_mayTakeItsPartTwiceForThreeRounds() {
    Bench bench = bench(40);
    bench.measure(List.of(costing("slow", 1, 0, 7), costing("other", 1, 0, 1)));
    assertThat(bench.measured().get(0).time().rounds()).isEqualTo(3);
    assertThat(bench.measured().get(1).time().rounds()).isEqualTo(11);
  }

  @Test
  void whatHasNoTime_isNamedAndNotBegun() {
    Bench bench = bench(10);
    bench.measure(List.of(costing("a", 1, 11, 1), costing("b", 1, 2, 1)));
    assertThat(bench.measured()).extracting(row -> row.row().name()).containsExactly("b");
    assertThat(bench.leftOut()).hasSize(1);
    assertThat(bench.leftOut().get(0).why())
        .contains("no time", "about 11.0 s", "10.0 s were left", "--minutes");
    assertThat(closed).containsExactly("b");
  }

  @Test
  void whatWarmedUpTooLong_isNamed() {
    Bench bench = bench(10);
    bench.measure(List.of(costing("a", 1, 2, 6)));
    assertThat(bench.measured()).isEmpty();
    assertThat(bench.leftOut().get(0).why()).contains("warming up took 6.00 s", "4.00 s were left");
    assertThat(closed).containsExactly("a");
  }

  @Test
  void whatCannotBeMeasured_saysWhy() {
    Bench bench = bench(10);
    bench.measure(List.of(Case.missing("stream", "streaming", "no tokenizer")));
    assertThat(bench.leftOut().get(0).why()).isEqualTo("no tokenizer");
  }

  @Test
  void shares_areTakenRoundByRound() {
    Bench bench = bench(5.5);
    bench.measure(List.of(costing("a", 1, 2, 1)));
    Measured row = bench.measured().get(0);
    assertThat(row.achieved()).isEqualTo(new Spread(1, 1.75, 2.5, 3.25, 4, 4));
    assertThat(row.share().orElseThrow().median()).isCloseTo(0.25, within(1e-12));
    Row cost = new Row("c", "", "ms", "ms", "floor", true);
    assertThat(Measured.of(cost, List.of(new Reading(8, 8, 2))).share().orElseThrow().median())
        .isEqualTo(0.25);
    Row free = new Row("d", "", "ms", "images/s", "", false);
    assertThat(Measured.of(free, List.of(new Reading(8, 8, Double.NaN))).share()).isEmpty();
  }
}
