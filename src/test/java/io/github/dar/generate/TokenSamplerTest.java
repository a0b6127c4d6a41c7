package io.github.dar.generate;

import static io.github.dar.model.TransformerReference.CONFIG;
import static io.github.dar.model.TransformerReference.GROUPED;
import static io.github.dar.model.TransformerReference.read;
import static io.github.dar.model.TransformerReference.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.dar.config.Precision;
import io.github.dar.config.UserException;
import io.github.dar.engine.Compute;
import io.github.dar.model.Transformer;
import io.github.dar.model.TransformerReference;
import io.github.dar.model.Weights;
import io.github.dar.weights.HostTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Generated tokens: the reference's, and the same whatever the batch and the increments. */
final class TokenSamplerTest {

  private static final SamplingOptions DRAWN =
      new SamplingOptions(Guidance.parse("1.5:3"), 0.9, 100, 0.95, false);
  private static final long[] CLASSES = {3, 9, 0, 3, 5};

  private static Compute compute;
  private static Weights weights;
  private static Transformer model;
  private static TokenSampler sampler;

  @BeforeAll
  static void open() {
    compute = Compute.open("cpu", Precision.FP32, 1);
    weights = TransformerReference.weights(compute);
    model = new Transformer(compute, CONFIG, weights);
    sampler = new TokenSampler(model);
  }

  @AfterAll
  static void close() {
    model.close();
    weights.close();
    compute.close();
  }

  @ParameterizedTest
  @CsvSource({
    "cfg_1, 1.0, 64, 64",
    "cfg_4, 4.0, 64, 64",
    "cfg_1.2_8.0, 1.2:8.0, 64, 64",
    "cfg_3.0_1.5, 3.0:1.5, 64, 64",
    "cfg_4_interval_10, 4.0, 12, 64",
    "cfg_4_interval_0, 4.0, 2, 64",
    "cfg_1.2_8.0_interval_10, 1.2:8.0, 12, 64",
    "short_12.cfg_1.2_8.0, 1.2:8.0, 12, 12",
  })
  void greedyTokens_areTheReferences(String name, String guidance, int until, int length) {
    Map<String, HostTensor> expected = read("generate.safetensors");
    Guidance scales = Guidance.parse(guidance).until(until);
    TokenRequest request = TokenRequest.of(expected.get("class_ids").toLongs(), 0, 0);
    SamplingOptions options = new SamplingOptions(scales, 1, 0, 1, true);
    try (TokenSession session = sampler.begin(request, options, length)) {
      assertThat(session.next(length)).isDeepEqualTo(rows(expected.get("tokens." + name)));
      assertThat(session.remaining()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void anImage_isTheSameInAnyBatch(int batch) {
    long[][] all = sample(DRAWN, CLASSES, 0, 64);
    assertThat(all[0]).isNotEqualTo(all[3]);
    for (int first = 0; first + batch <= CLASSES.length; first += batch) {
      long[] some = Arrays.copyOfRange(CLASSES, first, first + batch);
      assertThat(sample(DRAWN, some, first, 64))
          .isDeepEqualTo(Arrays.copyOfRange(all, first, first + batch));
    }
  }

  @Test
  void anImageInBf16_isTheSameInAnyBatch() {
    try (Compute best = Compute.open("cpu", Precision.AUTO, 1);
        Weights own = TransformerReference.weights(best);
        Transformer half = new Transformer(best, CONFIG, own)) {
      assumeTrue(best.precision() == Precision.BF16, "this processor has no bf16 arithmetic");
      TokenSampler drawing = new TokenSampler(half);
      long[][] all = drain(drawing.begin(TokenRequest.of(CLASSES, 5, 0), DRAWN), 64);
      for (int i = 0; i < CLASSES.length; i++) {
        TokenRequest alone = TokenRequest.of(new long[] {CLASSES[i]}, 5, i);
        assertThat(drain(drawing.begin(alone, DRAWN), 16)[0]).isEqualTo(all[i]);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 16})
  void increments_ofAnySizeGiveTheSameTokens(int increment) {
    long[][] whole = sample(DRAWN, CLASSES, 0, 64);
    assertThat(sample(DRAWN, CLASSES, 0, increment)).isDeepEqualTo(whole);
  }

  @Test
  void aScaleOfOne_isNoGuidance() {
    SamplingOptions plain = DRAWN.withGuidance(Guidance.NONE);
    long[][] unguided = sample(plain, CLASSES, 0, 64);
    assertThat(unguided).isNotEqualTo(sample(DRAWN, CLASSES, 0, 64));
    assertThat(sample(plain.withGuidance(Guidance.constant(1)), CLASSES, 0, 64))
        .isDeepEqualTo(unguided);
    assertThat(sample(plain.withGuidance(Guidance.constant(4).until(0)), CLASSES, 0, 64))
        .isDeepEqualTo(unguided);
    try (TokenSession session = sampler.begin(TokenRequest.of(CLASSES, 5, 0), plain)) {
      assertThat(session.isGuided()).isFalse();
    }
  }

  @Test
  void aScheduleThatCrossesOne_isGuidedOnBothSides() {
    // 0.5, 0.75, 1, 1.25, 1.5: the reference would not guide at all.
    SamplingOptions crossing = new SamplingOptions(new Guidance(0.5f, 1.5f, 5), 1, 0, 1, true);
    TokenRequest request = TokenRequest.of(CLASSES, 0, 0);
    long[][] tokens;
    try (TokenSession session = sampler.begin(request, crossing, 5)) {
      assertThat(session.isGuided()).isTrue();
      tokens = session.next(5);
    }
    for (int position = 0; position < 5; position++) {
      // Each token follows from those before it and its own scale alone.
      int p = position;
      long[][] before = Arrays.stream(tokens).map(r -> Arrays.copyOf(r, p)).toArray(long[][]::new);
      float scale = crossing.guidance().schedule(5)[p];
      SamplingOptions constant = crossing.withGuidance(Guidance.constant(scale));
      try (TokenSession session = sampler.begin(request.withForced(before), constant, 5)) {
        assertThat(session.isGuided()).isEqualTo(p != 2);
        long[][] again = session.next(p + 1);
        for (int i = 0; i < tokens.length; i++) {
          assertThat(again[i]).isEqualTo(Arrays.copyOf(tokens[i], p + 1));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8, 20, 64})
  void givenTokens_areKeptAndContinued(int given) {
    long[][] all = sample(DRAWN, CLASSES, 0, 64);
    long[][] forced = Arrays.stream(all).map(r -> Arrays.copyOf(r, given)).toArray(long[][]::new);
    TokenRequest request = TokenRequest.of(CLASSES, 5, 0).withForced(forced);
    for (int increment : new int[] {64, 16, 7}) {
      // What an image would have drawn anyway leads to the same image.
      assertThat(drain(sampler.begin(request, DRAWN), increment)).isDeepEqualTo(all);
    }
    long[] others = {1, 2, 4, 6, 7};
    TokenRequest other = new TokenRequest(others, 5, new long[] {0, 1, 2, 3, 4}, forced);
    long[][] changed = drain(sampler.begin(other, DRAWN), 16);
    for (int i = 0; i < changed.length; i++) {
      assertThat(Arrays.copyOf(changed[i], given)).isEqualTo(forced[i]);
      assertThat(changed[i].length).isEqualTo(64);
    }
    assertThat(given == 64 || !Arrays.deepEquals(changed, all)).isTrue();
  }

  @Test
  void groupedQueries_decodeAsTheWholeNetworkPredicts() {
    try (Weights grouped = TransformerReference.groupedWeights(compute);
        Transformer other = new Transformer(compute, GROUPED, grouped);
        var scope = compute.manager().newSubManager()) {
      SamplingOptions greedy = new SamplingOptions(Guidance.NONE, 1, 0, 1, true);
      TokenRequest request = TokenRequest.of(new long[] {0, 2}, 0, 0);
      long[][] tokens = drain(new TokenSampler(other).begin(request, greedy), 5);
      long[] best = other.logits(scope, request.classes(), tokens).argMax(-1).toLongArray();
      assertThat(best).isEqualTo(Arrays.stream(tokens).flatMapToLong(Arrays::stream).toArray());
    }
  }

  @Test
  void sessions_runAtOnce() throws Exception {
    long[][] alone = sample(DRAWN, CLASSES, 0, 8);
    ExecutorService pool = Executors.newFixedThreadPool(3);
    try {
      List<Callable<long[][]>> tasks = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        tasks.add(() -> sample(DRAWN, CLASSES, 0, 8));
      }
      for (Future<long[][]> result : pool.invokeAll(tasks)) {
        assertThat(result.get()).isDeepEqualTo(alone);
      }
    } finally {
      pool.shutdown();
    }
  }

  @Test
  void begin_refusesWhatTheNetworkCannotDo() {
    assertThatThrownBy(() -> sample(DRAWN, new long[] {11}, 0, 64))
        .isInstanceOf(UserException.class)
        .hasMessage("class 11: this transformer knows the classes 0 to 9");
    TokenRequest request = TokenRequest.of(new long[] {1}, 0, 0);
    assertThatThrownBy(() -> sampler.begin(request.withForced(new long[][] {{512}}), DRAWN))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("first token 512 is no code of this transformer, which has 512;");
    try (TokenSession session = sampler.begin(request, DRAWN)) {
      assertThatThrownBy(() -> session.next(65)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> session.next(0)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static long[][] sample(SamplingOptions options, long[] classes, long first, int step) {
    return drain(sampler.begin(TokenRequest.of(classes, 5, first), options), step);
  }

  private static long[][] drain(TokenSession session, int step) {
    try (session) {
      long[][] out = null;
      while (session.remaining() > 0) {
        long[][] more = session.next(Math.min(step, session.remaining()));
        if (out == null) {
          out = more;
          continue;
        }
        for (int i = 0; i < out.length; i++) {
          int had = out[i].length;
          out[i] = Arrays.copyOf(out[i], had + more[i].length);
          System.arraycopy(more[i], 0, out[i], had, more[i].length);
        }
      }
      return out;
    }
  }
}
