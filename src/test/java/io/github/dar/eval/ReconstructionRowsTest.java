package io.github.dar.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.dar.config.Precision;
import io.github.dar.config.TokenizerConfig;
import io.github.dar.config.UserException;
import io.github.dar.data.ImageSource;
import io.github.dar.data.ImageSources;
import io.github.dar.data.RgbImage;
import io.github.dar.engine.Compute;
import io.github.dar.eval.EvaluationReport.Value;
import io.github.dar.generate.Denoiser;
import io.github.dar.generate.Reconstructor;
import io.github.dar.model.Tokenizer;
import io.github.dar.testing.LivelyWeights;
import io.github.dar.testing.TinyRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reconstructions are measured as their definitions say, in whatever pieces they come. */
class ReconstructionRowsTest {

  private static final int SIDE = 16;
  private static final int IMAGES = 22;
  private static final int STEPS = 4;
  private static final int TOKENS = 8;
  private static final int CODEBOOK = 16;
  private static final Set<Measure> MEASURES =
      EnumSet.of(
          Measure.FRECHET,
          Measure.SPATIAL_FRECHET,
          Measure.INCEPTION_SCORE,
          Measure.PSNR,
          Measure.SSIM,
          Measure.SCRIPT_PSNR,
          Measure.SCRIPT_SSIM,
          Measure.CODEBOOK_USAGE,
          Measure.CODEBOOK_PERPLEXITY);

  private static Compute compute;
  private static Tokenizer tokenizer;
  private static List<RgbImage> originals;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    compute = Compute.open("cpu", Precision.FP32, 0);
    TokenizerConfig config = TinyRun.config().model().requireTokenizer("test");
    tokenizer =
        new Tokenizer(compute, config, LivelyWeights.of(compute, Tokenizer.parameters(config)));
    try (ImageSource source = ImageSources.open("shapes:#0:" + IMAGES, SIDE, 1)) {
      originals = IntStream.range(0, IMAGES).mapToObj(source::image).toList();
    }
  }

  @AfterAll
  static void close() {
    tokenizer.close();
    compute.close();
  }

  private ReconstructionRows rows(String name, String what) {
    return ReconstructionRows.open(
        compute,
        folder.resolve(name),
        new ReconstructionRows.Job(what, IMAGES, MEASURES, List.of(1, 3, STEPS), TOKENS, CODEBOOK),
        new ReconstructionRows.Judges(Optional.of(new PlainFeatures()), Optional.empty()));
  }

  private static Reconstructor.Result reconstruct(int from, int to) {
    return new Reconstructor(tokenizer, 3, Denoiser.Method.ADAMS2, true)
        .reconstruct(originals.subList(from, to), from);
  }

  private static void fill(ReconstructionRows rows, int batch, int end) {
    while (rows.count() < end) {
      int from = rows.count();
      int to = Math.min(end, from + batch);
      rows.add(originals.subList(from, to), reconstruct(from, to));
    }
  }

  private static double value(List<Value> values, Measure measure, Integer steps) {
    return values.stream()
        .filter(value -> value.measure() == measure && Objects.equals(value.steps(), steps))
        .findFirst()
        .orElseThrow()
        .value();
  }

  @Test
  void values_areThoseOfTheirDefinitions() {
    List<Value> values;
    try (ReconstructionRows rows = rows("job", "job")) {
      fill(rows, IMAGES, IMAGES);
      values = rows.values(0);
    }

    Reconstructor.Result made = reconstruct(0, IMAGES);
    for (Integer steps : new Integer[] {1, 3, null}) {
      List<RgbImage> images = made.afterSteps().get(steps == null ? STEPS : steps);
      double psnr = 0;
      double ssim = 0;
      double script = 0;
      for (int i = 0; i < IMAGES; i++) {
        psnr += ImageQuality.psnr(images.get(i), originals.get(i)) / IMAGES;
        ssim += ImageQuality.ssim(images.get(i), originals.get(i)) / IMAGES;
        script += ImageQuality.scriptSsim(images.get(i), originals.get(i)) / IMAGES;
      }
      assertThat(value(values, Measure.PSNR, steps)).isCloseTo(psnr, within(1e-5));
      assertThat(value(values, Measure.SSIM, steps)).isCloseTo(ssim, within(1e-6));
      assertThat(value(values, Measure.SCRIPT_SSIM, steps)).isCloseTo(script, within(1e-6));
      assertThat(value(values, Measure.FRECHET, steps)).isEqualTo(distance(images));
    }
    Map<Long, Integer> counts = new HashMap<>();
    for (long code : made.codes()) {
      counts.merge(code, 1, Integer::sum);
    }
    double entropy = 0;
    for (int count : counts.values()) {
      double share = count / (double) (IMAGES * TOKENS);
      entropy -= share * Math.log(share);
    }
    assertThat(value(values, Measure.CODEBOOK_USAGE, null))
        .isEqualTo(counts.size() / (double) CODEBOOK);
    assertThat(value(values, Measure.CODEBOOK_PERPLEXITY, null))
        .isCloseTo(Math.exp(entropy), within(1e-9));
    assertThat(values).hasSize(3 * 7 + 2);
  }

  private double distance(List<RgbImage> images) {
    List<Gaussian> sides = new ArrayList<>();
    for (List<RgbImage> side : List.of(originals, images)) {
      try (FeatureSet set =
          FeatureSet.open(
              compute,
              new PlainFeatures(),
              folder.resolve("direct"),
              "" + sides.size(),
              EnumSet.of(Measure.FRECHET))) {
        set.add(side);
        sides.add(set.statistics("").features());
        set.delete();
      }
    }
    return FrechetDistance.between(sides.get(0), sides.get(1));
  }

  @Test
  void batches_changeNothingButRounding() {
    try (ReconstructionRows large = rows("large", "job");
        ReconstructionRows small = rows("small", "job")) {
      fill(large, IMAGES, IMAGES);
      fill(small, 5, IMAGES);
      List<Value> expected = large.values(0);
      List<Value> values = small.values(0);
      for (int i = 0; i < values.size(); i++) {
        assertThat(values.get(i).value())
            .as("" + values.get(i))
            .isCloseTo(expected.get(i).value(), within(2e-3 * expected.get(i).value()));
      }
    }
  }

  @Test
  void aStopWithinABatch_changesNothing() throws Exception {
    try (ReconstructionRows once = rows("once", "job")) {
      fill(once, 4, IMAGES);
      try (ReconstructionRows begun = rows("parts", "job")) {
        fill(begun, 4, 8);
      }
      // Killed while the third batch went to the files: some have it, one has half a row.
      Files.write(folder.resolve("parts/originals.rows"), new byte[500], StandardOpenOption.APPEND);
      Files.write(folder.resolve("parts/codes.rows"), new byte[7], StandardOpenOption.APPEND);
      try (ReconstructionRows parts = rows("parts", "job")) {
        assertThat(parts.count()).isEqualTo(8);
        fill(parts, 4, IMAGES);
        assertThat(parts.values(0)).isEqualTo(once.values(0));
        parts.delete();
        assertThat(folder.resolve("parts")).doesNotExist();
      }
    }
  }

  @Test
  void anotherJob_beginsAnew() {
    try (ReconstructionRows begun = rows("job", "one")) {
      fill(begun, 4, 8);
      assertThatThrownBy(() -> rows("job", "one"))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("another dar is writing it");
    }
    try (ReconstructionRows other = rows("job", "two")) {
      assertThat(other.count()).isZero();
    }
  }

  @Test
  void smallPictures_areRefusedBeforehand() {
    PairQuality.requireSide(MEASURES, 11);
    assertThatThrownBy(() -> PairQuality.requireSide(MEASURES, 8))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "SSIM needs pictures of 11x11 or more and this model's are 8x8; name other --metrics");
    assertThatThrownBy(() -> PairQuality.requireSide(EnumSet.of(Measure.LPIPS), 8))
        .hasMessageContaining("LPIPS needs pictures of 16x16");
  }
}
