package io.github.dar.cli;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.dar.data.ImageTransform;
import io.github.dar.data.Pixels;
import io.github.dar.data.RgbImage;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import io.github.dar.generate.StreamListener;
import io.github.dar.generate.StreamOptions;
import io.github.dar.generate.Streamer;
import io.github.dar.generate.TokenSampler;
import io.github.dar.generate.TokenSession;
import io.github.dar.model.ModelFolder;
import io.github.dar.model.Tokenizer;
import io.github.dar.model.Transformer;
import java.util.List;

/** A model's two networks; the transformer alone where only tokens are wanted. */
final class NetworkGenerator implements ImageGenerator {

  /** Tokens between reports where no previews set the pace. */
  private static final int REPORTED = 16;

  private final ModelFolder model;
  private final Compute compute;
  private final Transformer transformer;
  private final Tokenizer tokenizer;

  /**
   * Loads the weights.
   *
   * @param tokensOnly leaves the tokenizer out
   */
  NetworkGenerator(ModelFolder model, Compute compute, boolean tokensOnly) {
    this.model = model;
    this.compute = compute;
    this.transformer = model.transformer(compute);
    this.tokenizer = tokensOnly ? null : model.tokenizer(compute);
  }

  @Override
  public void run(Request request, Listener listener) {
    if (tokenizer == null) {
      listener.finished(List.of(), tokens(request, listener));
      return;
    }
    int total = transformer.config().sequence().blockSize();
    long[][] codes = new long[request.tokens().classes().length][];
    new Streamer(transformer, tokenizer)
        .run(
            request.tokens(),
            request.options(),
            StreamOptions.of(model.config(), request.previewEvery(), request.method()),
            new StreamListener() {
              @Override
              public void progress(int done) {
                listener.tokens(done, total);
              }

              @Override
              public void preview(int done, List<RgbImage> images) {
                if (done < total) {
                  listener.preview(done, images);
                }
              }

              @Override
              public void tokens(long[][] all) {
                System.arraycopy(all, 0, codes, 0, codes.length);
              }

              @Override
              public void images(List<RgbImage> images) {
                listener.finished(images, codes);
              }
            });
  }

  private long[][] tokens(Request request, Listener listener) {
    int total = transformer.config().sequence().blockSize();
    long[][] codes = new long[request.tokens().classes().length][total];
    try (TokenSession session =
        new TokenSampler(transformer).begin(request.tokens(), request.options())) {
      while (session.remaining() > 0) {
        int from = session.position();
        long[][] next = session.next(Math.min(REPORTED, session.remaining()));
        for (int i = 0; i < codes.length; i++) {
          System.arraycopy(next[i], 0, codes[i], from, next[i].length);
        }
        listener.tokens(session.position(), total);
      }
    }
    return codes;
  }

  @Override
  public long[] layout(RgbImage image) {
    int size = model.config().imageSize();
    float[] pixels = new float[3 * size * size];
    RandomStream unused = RandomStream.of(0, Purpose.AUGMENTATION, 0);
    Pixels.toFloats(
        ImageTransform.of(size, Models.fit("auto", image, size), false).apply(image, unused),
        pixels,
        0);
    try (NDManager scope = compute.manager().newSubManager()) {
      NDArray images = scope.create(pixels, new Shape(1, 3, size, size));
      return tokenizer.codes(scope, images).toLongArray();
    }
  }

  @Override
  public void close() {
    transformer.close();
    if (tokenizer != null) {
      tokenizer.close();
    }
  }
}
