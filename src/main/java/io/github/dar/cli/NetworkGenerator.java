package io.github.dar.cli;

import io.github.dar.data.RgbImage;
import io.github.dar.engine.Compute;
import io.github.dar.generate.Denoiser;
import io.github.dar.generate.Encoding;
import io.github.dar.generate.SamplingOptions;
import io.github.dar.generate.StreamListener;
import io.github.dar.generate.StreamOptions;
import io.github.dar.generate.Streamer;
import io.github.dar.generate.TokenRequest;
import io.github.dar.generate.TokenSampler;
import io.github.dar.generate.TokenSession;
import io.github.dar.model.ModelFolder;
import io.github.dar.model.Tokenizer;
import io.github.dar.model.Transformer;

/** A model's two networks; the transformer alone where only tokens are wanted. */
final class NetworkGenerator implements AutoCloseable {

  /**
   * One batch.
   *
   * @param tokens classes, seed, numbers of the images, first tokens
   * @param options how tokens are chosen
   * @param previewEvery tokens between previews, a multiple of a step's; 0 for none
   * @param method of the denoising
   */
  record Request(
      TokenRequest tokens, SamplingOptions options, int previewEvery, Denoiser.Method method) {}

  /** Tokens between reports where no previews set the pace. */
  private static final int REPORTED = 16;

  private final ModelFolder model;
  private final Transformer transformer;
  private final Tokenizer tokenizer;

  /**
   * Loads the weights.
   *
   * @param tokensOnly leaves the tokenizer out
   */
  NetworkGenerator(ModelFolder model, Compute compute, boolean tokensOnly) {
    this.model = model;
    this.transformer = model.transformer(compute);
    this.tokenizer = tokensOnly ? null : model.tokenizer(compute);
  }

  /** Generates a batch; where only tokens are wanted, no images come. */
  void run(Request request, StreamListener listener) {
    if (tokenizer == null) {
      tokens(request, listener);
      return;
    }
    new Streamer(transformer, tokenizer)
        .run(
            request.tokens(),
            request.options(),
            StreamOptions.of(model.config(), request.previewEvery(), request.method()),
            listener);
  }

  private void tokens(Request request, StreamListener listener) {
    int total = transformer.config().sequence().blockSize();
    long[][] codes = new long[request.tokens().classes().length][total];
    try (TokenSession session =
        new TokenSampler(transformer).begin(request.tokens(), request.options())) {
      while (session.remaining() > 0) {
        int from = session.position();
        // The first alone: it says when the waiting is over.
        int count = from == 0 ? 1 : REPORTED - from % REPORTED;
        long[][] next = session.next(Math.min(count, session.remaining()));
        for (int i = 0; i < codes.length; i++) {
          System.arraycopy(next[i], 0, codes[i], from, next[i].length);
        }
        listener.progress(session.position());
      }
    }
    listener.tokens(codes);
  }

  /** Codes of one image whose layout is wanted: {@code [N]}. */
  long[] layout(RgbImage image) {
    return Encoding.encode(tokenizer, image, model.config().imageSize());
  }

  @Override
  public void close() {
    transformer.close();
    if (tokenizer != null) {
      tokenizer.close();
    }
  }
}
