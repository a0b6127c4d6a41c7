package io.github.dar.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.ModelConfig;
import io.github.dar.config.Precision;
import io.github.dar.config.TokenizerConfig;
import io.github.dar.config.UserException;
import io.github.dar.data.RgbImage;
import io.github.dar.data.TokenCodes;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Purpose;
import io.github.dar.model.Tokenizer;
import io.github.dar.model.Transformer;
import io.github.dar.model.TransformerReference;
import io.github.dar.model.Weights;
import io.github.dar.testing.ReferenceTokenizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streaming gives the image that decoding everything at the end gives. */
class StreamerTest {

  private static final int SIZE = 32;
  private static final SamplingOptions GUIDED =
      SamplingOptions.DEFAULT.withGuidance(Guidance.parse("1.5:3"));

  private static Compute compute;
  private static Tokenizer tokenizer;
  private static Transformer transformer;
  private static Weights weights;

  @BeforeAll
  static void open() {
    compute = Compute.open("cpu", Precision.FP32, 2);
    tokenizer = ReferenceTokenizer.load(compute, ReferenceTokenizer.config());
    weights = TransformerReference.weights(compute);
    transformer = new Transformer(compute, TransformerReference.CONFIG, weights);
  }

  @AfterAll
  static void close() {
    compute.close();
  }

  /** What a run told its listener. */
  private static class Heard implements StreamListener {
    final TreeMap<Integer, List<RgbImage>> previews = new TreeMap<>();
    List<RgbImage> decoded;
    List<RgbImage> images;
    long[][] codes;

    @Override
    public void preview(int tokens, List<RgbImage> pictures) {
      previews.put(tokens, pictures);
    }

    @Override
    public void decoded(NDArray pictures) {
      decoded = Decoding.pictures(pictures);
    }

    @Override
    public void images(List<RgbImage> pictures) {
      images = pictures;
    }

    @Override
    public void tokens(long[][] all) {
      codes = all;
    }
  }

  private static Heard stream(int every, int steps, long firstImage, long... classes) {
    Heard heard = new Heard();
    StreamOptions options = new StreamOptions(every, SIZE, SIZE, steps, Denoiser.Method.ADAMS2);
    new Streamer(transformer, tokenizer)
        .run(TokenRequest.of(classes, 7, firstImage), GUIDED, options, heard);
    return heard;
  }

  /** One image, a preview after each group of 8 tokens. */
  private static void streamOne(StreamListener listener) {
    new Streamer(transformer, tokenizer)
        .run(
            TokenRequest.of(new long[] {3}, 7, 0),
            GUIDED,
            new StreamOptions(8, SIZE, SIZE, 8, Denoiser.Method.ADAMS2),
            listener);
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 5, 12})
  void streamed_equalsDecodedAtTheEnd(int steps) {
    Heard heard = stream(8, steps, 0, 3, 9);
    try (NDManager scope = compute.manager().newSubManager()) {
      NDArray ids = scope.create(TokenCodes.matrix(heard.codes).toLongs(), new Shape(2, 64));
      NDArray conditions = tokenizer.conditions(scope, tokenizer.entries(scope, ids));
      NDArray noise = Noise.of(scope, 7, Purpose.IMAGE_NOISE, 0, 2, SIZE, SIZE);
      NDArray image =
          Decoding.decode(
              scope, tokenizer, conditions, noise, steps, steps, Denoiser.Method.ADAMS2, null);
      assertThat(worst(heard.images, Decoding.pictures(image))).isLessThanOrEqualTo(1);
    }
  }

  /** Greatest difference in a byte: increments round differently in the last place. */
  private static int worst(List<RgbImage> a, List<RgbImage> b) {
    int worst = 0;
    for (int i = 0; i < a.size(); i++) {
      for (int j = 0; j < a.get(i).rgb().length; j++) {
        int difference = (a.get(i).rgb()[j] & 255) - (b.get(i).rgb()[j] & 255);
        worst = Math.max(worst, Math.abs(difference));
      }
    }
    return worst;
  }

  @Test
  void previews_comeInOrderAndBeforeTheImage() {
    Heard heard = stream(16, 8, 0, 3, 9);
    assertThat(heard.previews.keySet()).containsExactly(16, 32, 48);
    assertThat(worst(heard.previews.get(16), heard.images)).isPositive();
  }

  @Test
  void firstPreview_isNotKeptWaitingByFurtherTokens() {
    List<String> heard = Collections.synchronizedList(new ArrayList<>());
    Heard listener =
        new Heard() {
          @Override
          public void progress(int tokens) {
            heard.add("tokens " + tokens);
          }

          @Override
          public void preview(int tokens, List<RgbImage> pictures) {
            heard.add("preview " + tokens);
          }
        };
    streamOne(listener);
    assertThat(heard.indexOf("preview 8")).isBetween(0, heard.indexOf("tokens 16") - 1);
  }

  @Test
  void tokens_areNeverMoreThanAGroupAheadOfTheStepThatRuns() {
    AtomicInteger shown = new AtomicInteger();
    AtomicInteger ahead = new AtomicInteger();
    Heard heard =
        new Heard() {
          @Override
          public void preview(int tokens, List<RgbImage> pictures) {
            try {
              Thread.sleep(100); // a slow decoder
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            shown.set(tokens);
          }

          @Override
          public void progress(int tokens) {
            ahead.accumulateAndGet(tokens - shown.get(), Math::max);
          }
        };
    streamOne(heard);
    assertThat(ahead.get()).isLessThanOrEqualTo(16);
  }

  @Test
  void decoded_isTheImageBeforeItBecomesBytes() {
    Heard heard = stream(0, 8, 0, 3, 9);
    assertThat(worst(heard.decoded, heard.images)).isZero();
  }

  @Test
  void run_leavesNoArrayBehind() {
    stream(16, 8, 0, 3, 9);
    int before = compute.manager().getManagedArrays().size();
    stream(16, 8, 0, 3, 9);
    assertThat(compute.manager().getManagedArrays()).hasSize(before);
  }

  @Test
  void image_isTheSameInAnyBatchAndWithoutPreviews() {
    Heard together = stream(8, 8, 0, 3, 9, 0);
    List<long[]> codes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Heard alone = stream(0, 8, i, new long[] {3, 9, 0}[i]);
      codes.add(alone.codes[0]);
      assertThat(worst(alone.images, List.of(together.images.get(i)))).isLessThanOrEqualTo(1);
      assertThat(alone.previews).isEmpty();
    }
    assertThat(codes.toArray(long[][]::new)).isDeepEqualTo(together.codes);
  }

  @Test
  void twice_isBitEqual() {
    assertThat(worst(stream(8, 8, 0, 3, 9).images, stream(8, 8, 0, 3, 9).images)).isZero();
  }

  @Test
  void previewEvery_notAMultipleOfAStep_namesTheMultiple() {
    TokenizerConfig config = ReferenceTokenizer.config();
    ModelConfig model =
        new ModelConfig(128, Optional.of(config), Optional.empty(), List.of(), Optional.empty());
    assertThatThrownBy(() -> StreamOptions.of(model, 12, Denoiser.Method.ADAMS2))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("multiple of 8");
  }

  @Test
  void failingListener_endsTheRunWithItsErrorHoweverLate() {
    StreamOptions options = new StreamOptions(8, SIZE, SIZE, 8, Denoiser.Method.ADAMS2);
    Streamer streamer = new Streamer(transformer, tokenizer);
    Heard failing =
        new Heard() {
          @Override
          public void preview(int tokens, List<RgbImage> pictures) {
            super.preview(tokens, pictures);
            LockSupport.parkNanos(200_000_000); // more tasks are waiting by now
            throw new IllegalArgumentException("no space");
          }
        };
    TokenRequest request = TokenRequest.of(new long[] {1}, 0, 0);
    assertThatThrownBy(() -> streamer.run(request, GUIDED, options, failing))
        .hasMessage("no space");
    assertThat(failing.previews).hasSize(1);
    assertThat(failing.images).isNull();
  }

  @Test
  void failingTokens_waitForTheDecoder() {
    StreamOptions options = new StreamOptions(8, SIZE, SIZE, 8, Denoiser.Method.ADAMS2);
    AtomicBoolean inside = new AtomicBoolean();
    Heard listener =
        new Heard() {
          @Override
          public void progress(int tokens) {
            if (tokens > 16) {
              throw new IllegalArgumentException("stop");
            }
          }

          @Override
          public void preview(int tokens, List<RgbImage> pictures) {
            inside.set(true);
            long until = System.nanoTime() + 300_000_000;
            while (System.nanoTime() < until) {
              Thread.onSpinWait(); // as deaf to interrupts as a native call
            }
            inside.set(false);
          }
        };
    Streamer streamer = new Streamer(transformer, tokenizer);
    TokenRequest request = TokenRequest.of(new long[] {1}, 0, 0);
    assertThatThrownBy(() -> streamer.run(request, GUIDED, options, listener)).hasMessage("stop");
    assertThat(inside).isFalse();
  }
}
