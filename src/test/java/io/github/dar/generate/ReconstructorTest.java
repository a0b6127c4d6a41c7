package io.github.dar.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.dar.config.Precision;
import io.github.dar.config.TokenizerConfig;
import io.github.dar.config.UserException;
import io.github.dar.data.ImageSource;
import io.github.dar.data.ImageSources;
import io.github.dar.data.RgbImage;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Purpose;
import io.github.dar.model.Tokenizer;
import io.github.dar.testing.LivelyWeights;
import io.github.dar.testing.ReferenceTokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Reconstructions are what tokenizing and detokenizing one after the other gives. */
class ReconstructorTest {

  private static final int SIDE = 128;
  private static final int STEPS = 8;
  private static final long SEED = 5;

  private static Compute compute;
  private static Tokenizer tokenizer;
  private static List<RgbImage> originals;

  @BeforeAll
  static void open() {
    compute = Compute.open("cpu", Precision.FP32, 0);
    tokenizer = ReferenceTokenizer.load(compute, ReferenceTokenizer.config());
    try (ImageSource source = ImageSources.open("shapes:#0:3", SIDE, 1)) {
      originals = IntStream.range(0, source.size()).mapToObj(source::image).toList();
    }
  }

  @AfterAll
  static void close() {
    tokenizer.close();
    compute.close();
  }

  private static Reconstructor reconstructor(boolean previews) {
    return new Reconstructor(tokenizer, SEED, Denoiser.Method.ADAMS2, previews);
  }

  @Test
  void results_areThoseOfTheStepsOneByOne() {
    Reconstructor.Result made = reconstructor(true).reconstruct(originals, 10);

    Map<Integer, List<RgbImage>> previews = new TreeMap<>();
    try (NDManager scope = compute.manager().newSubManager()) {
      NDArray codes = tokenizer.codes(scope, Encoding.images(scope, originals));
      NDArray conditions = tokenizer.conditions(scope, tokenizer.entries(scope, codes));
      NDArray noise = Noise.of(scope, SEED, Purpose.IMAGE_NOISE, 10, 3, SIDE, SIDE);
      Decoding.decode(
          scope,
          tokenizer,
          conditions,
          noise,
          STEPS,
          STEPS,
          Denoiser.Method.ADAMS2,
          (preview, taken) -> previews.put(taken, Decoding.pictures(preview)));
      assertThat(made.codes()).isEqualTo(codes.toLongArray()).hasSize(3 * 64);
    }
    assertThat(made.afterSteps().keySet()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    previews.forEach((steps, images) -> assertSame(made.afterSteps().get(steps), images));
    assertSame(made.finished(), previews.get(STEPS));
  }

  @Test
  void batches_changeNothing() {
    Reconstructor.Result whole = reconstructor(false).reconstruct(originals, 0);
    for (int i = 0; i < originals.size(); i++) {
      Reconstructor.Result alone = reconstructor(false).reconstruct(originals.subList(i, i + 1), i);
      assertThat(alone.codes()).isEqualTo(Arrays.copyOfRange(whole.codes(), i * 64, (i + 1) * 64));
      assertNear(alone.finished().get(0), whole.finished().get(i));
    }
    assertThat(whole.afterSteps().keySet()).containsExactly(STEPS);
  }

  @Test
  void withoutCodes_isRefused() {
    TokenizerConfig config = ReferenceTokenizer.config("vq_enable=false");
    Tokenizer plain =
        new Tokenizer(compute, config, LivelyWeights.of(compute, Tokenizer.parameters(config)));
    assertThatThrownBy(() -> new Reconstructor(plain, 0, Denoiser.Method.EULER, false))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("reconstruct");
    plain.close();
  }

  private static void assertSame(List<RgbImage> actual, List<RgbImage> expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.size(); i++) {
      assertThat(actual.get(i).rgb()).isEqualTo(expected.get(i).rgb());
    }
  }

  /** Other batches round otherwise: a byte may tip over. */
  private static void assertNear(RgbImage actual, RgbImage expected) {
    for (int i = 0; i < actual.rgb().length; i++) {
      assertThat(Math.abs((actual.rgb()[i] & 0xFF) - (expected.rgb()[i] & 0xFF)))
          .isLessThanOrEqualTo(1);
    }
  }
}
