package io.github.dar.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dar.config.ModelConfig;
import io.github.dar.config.Precision;
import io.github.dar.engine.Compute;
import io.github.dar.testing.TinyRun;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Everything measured once on tiny networks: what there is, not how fast it is. */
class BenchTest {

  private static final BenchSize TINY = new BenchSize(32, 1 << 20, 2, 1, 4);

  private long nanos;

  /** A clock that knows no machine: it moves when it is looked at. */
  private long tick() {
    nanos += 1_000_000_000L;
    return nanos;
  }

  private BenchResult run(ModelConfig config, List<String> groups) {
    BenchModel model = new BenchModel("tiny", config, Optional.empty(), Long.MAX_VALUE);
    BenchPlan plan = new BenchPlan(groups, 20, 0, Optional.empty());
    try (Compute compute = Compute.open("cpu", Precision.FP32, 0)) {
      return Bench.run(compute, model, TINY, plan, (done, count, next) -> {}, this::tick);
    }
  }

  @Test
  void run_measuresEverythingThatThereIs() {
    BenchResult result = run(TinyRun.config().model(), BenchPlan.GROUPS);
    assertThat(result.rows())
        .extracting(row -> row.row().name())
        .containsExactly(
            "input: shapes",
            "input: JPEGs",
            "training, transformer",
            "training, tokenizer",
            "prefill",
            "decoding, 1 row",
            "decoding, 2 rows",
            "decoding, 8 rows",
            "decoding, 32 rows",
            "denoising step",
            "first preview",
            "image after its last token");
    assertThat(result.rows())
        .allSatisfy(
            row -> {
              assertThat(row.time().min()).isPositive().isFinite();
              assertThat(row.achieved().min()).isPositive().isFinite();
              assertThat(row.limit().isPresent()).isEqualTo(!row.row().limit().isEmpty());
              row.share().ifPresent(share -> assertThat(share.min()).isPositive().isFinite());
            });
    assertThat(result.leftOut()).extracting(left -> left.row().name()).containsExactly("start-up");
    assertThat(result.limits())
        .extracting(BenchResult.Limit::name)
        .startsWith("matrix product, fp32")
        .endsWith("reading memory");
    assertThat(result.lines())
        .anyMatch(line -> line.startsWith("decoding, 32 rows"))
        .anyMatch(line -> line.startsWith("left out: start-up"));
    assertThat(result.fields().keySet())
        .containsExactly("machine", "model", "seconds", "limits", "rows", "left_out");
    assertThat(result.rows().get(0).fields()).containsKeys("time", "share", "rounds");
  }

  @Test
  void run_tokenizerAlone_namesWhatIsMissing() {
    ModelConfig half = TinyRun.config().model().tokenizerAlone();
    BenchResult result = run(half, List.of("prefill", "decode", "denoise", "stream"));
    assertThat(result.rows()).extracting(row -> row.row().name()).containsExactly("denoising step");
    assertThat(result.leftOut())
        .hasSize(3)
        .allSatisfy(left -> assertThat(left.why()).isEqualTo("the model has no transformer"));
  }
}
