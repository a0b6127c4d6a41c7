package io.github.dar.generate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.TokenLayout;
import io.github.dar.config.UserException;
import io.github.dar.engine.Purpose;
import io.github.dar.model.ConditionStream;
import io.github.dar.model.TokenWindows;
import io.github.dar.model.Tokenizer;
import io.github.dar.model.Transformer;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/**
 * From classes to images while the tokens are still being made: as soon as a group of tokens
 * exists, a second thread computes its condition and takes its denoising step, and the transformer
 * goes on meanwhile. The transformer never runs more than a group ahead, so a batch is finished
 * about one denoising step after its last token.
 *
 * <p>On a processor the transformer waits until the first preview is shown: beside it that preview
 * came a third later, and the waiting costs the whole image next to nothing (docs/benchmarks.md).
 *
 * <p>Several threads may stream at once: each run has its own session, caches and decoder thread.
 */
public final class Streamer {

  private final Transformer transformer;
  private final Tokenizer tokenizer;

  /** Streams from networks that stay the caller's. */
  public Streamer(Transformer transformer, Tokenizer tokenizer) {
    this.transformer = transformer;
    this.tokenizer = tokenizer;
    tokenizer.config().requireCodes("sampling");
    int codes = tokenizer.config().vq().vqCodebookSize();
    int vocabulary = transformer.config().sequence().vocabSize();
    int queries = tokenizer.config().tokens().numAllQueries();
    int block = transformer.config().sequence().blockSize();
    if (codes != vocabulary || queries != block) {
      throw new UserException(
          "tokenizer and transformer don't belong together: %d codes and %d tokens against %d and %d"
              .formatted(codes, queries, vocabulary, block));
    }
  }

  /**
   * Makes one batch.
   *
   * @param request classes, seed and indices of the images
   * @param options how tokens are chosen
   * @param decoding how they become pictures
   * @param listener told of previews and of the end; what it throws ends the batch and comes out
   *     here
   */
  public void run(
      TokenRequest request,
      SamplingOptions options,
      StreamOptions decoding,
      StreamListener listener) {
    TokenLayout layout = tokenizer.config().tokens();
    long[][] codes = new long[request.classes().length][layout.numAllQueries()];
    boolean onGpu = tokenizer.compute().manager().getDevice().isGpu();
    boolean waits = decoding.previewEvery() > 0 && !onGpu;
    try (TokenSession session = new TokenSampler(transformer).begin(request, options);
        Batch batch = new Batch(request, decoding, listener);
        DecoderThread decoder = new DecoderThread()) {
      for (int end : increments(layout, decoding)) {
        // Never more than one step behind: steps that pile up would all come after the last token.
        decoder.awaitEarlier();
        int begin = session.position();
        long[][] tokens = session.next(end - begin);
        for (int i = 0; i < codes.length; i++) {
          System.arraycopy(tokens[i], 0, codes[i], begin, end - begin);
        }
        decoder.check(); // a failed decoder ends the batch now, not at its end
        decoder.submit(() -> batch.append(tokens));
        listener.progress(end);
        if (waits && !batch.shown) {
          decoder.await();
        }
      }
      listener.tokens(codes);
      decoder.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UserException("interrupted: this batch was not finished", e);
    }
  }

  /**
   * Where the making of tokens pauses for one hand-over: wherever a step can be taken or a preview
   * is due.
   */
  static List<Integer> increments(TokenLayout layout, StreamOptions options) {
    TreeSet<Integer> ends = new TreeSet<>();
    for (int step = 0; step < options.steps(); step++) {
      ends.add(TokenWindows.needed(layout, step, options.steps()));
    }
    for (int at = options.previewEvery();
        at > 0 && at < layout.numAllQueries();
        at += options.previewEvery()) {
      ends.add(at);
    }
    ends.add(layout.numAllQueries());
    return List.copyOf(ends);
  }

  /** The decoder's side of a batch; only its thread calls {@link #append}. */
  private final class Batch implements AutoCloseable {
    private final TokenLayout layout = tokenizer.config().tokens();
    private final StreamOptions options;
    private final StreamListener listener;
    private final NDManager manager = tokenizer.compute().manager().newSubManager();
    private final ConditionStream conditions;
    private final Denoiser denoiser;
    private volatile boolean shown;

    Batch(TokenRequest request, StreamOptions options, StreamListener listener) {
      this.options = options;
      this.listener = listener;
      int count = request.classes().length;
      this.conditions = tokenizer.conditionStream(count);
      NDArray noise =
          Noise.of(
              manager,
              request.seed(),
              Purpose.IMAGE_NOISE,
              request.images(),
              options.height(),
              options.width());
      this.denoiser = new Denoiser(tokenizer, noise, options.steps(), options.method());
      noise.close();
    }

    void append(long[][] tokens) {
      try (NDManager scope = manager.newSubManager()) {
        long[] flat = Arrays.stream(tokens).flatMapToLong(Arrays::stream).toArray();
        conditions.append(scope.create(flat, new Shape(tokens.length, tokens[0].length)));
        while (denoiser.taken() < denoiser.steps()
            && TokenWindows.needed(layout, denoiser.taken(), denoiser.steps())
                <= conditions.length()) {
          double time = (double) denoiser.taken() / denoiser.steps();
          int begin = TokenWindows.beginSampling(layout, time);
          denoiser.step(conditions.window(scope, begin, begin + layout.queriesPerStep()));
        }
        report(scope);
      }
    }

    private void report(NDManager scope) {
      int tokens = conditions.length();
      boolean end = tokens == layout.numAllQueries();
      boolean due = options.previewEvery() > 0 && tokens % options.previewEvery() == 0;
      if (denoiser.taken() > 0 && (due || end)) {
        NDArray images = denoiser.preview(scope);
        if (end) {
          listener.decoded(images);
          listener.images(Decoding.pictures(images));
        } else {
          listener.preview(tokens, Decoding.pictures(images));
          shown = true;
        }
      }
    }

    @Override
    public void close() {
      denoiser.close();
      conditions.close();
      manager.close();
    }
  }
}
