package io.github.dar.cli;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.TokenLayout;
import io.github.dar.data.ImageTransform;
import io.github.dar.data.Pixels;
import io.github.dar.data.RgbImage;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import io.github.dar.generate.Decoding;
import io.github.dar.generate.Denoiser;
import io.github.dar.generate.Noise;
import io.github.dar.generate.TokenSampler;
import io.github.dar.generate.TokenSession;
import io.github.dar.model.ConditionStream;
import io.github.dar.model.ModelFolder;
import io.github.dar.model.TokenWindows;
import io.github.dar.model.Tokenizer;
import io.github.dar.model.Transformer;
import java.util.Arrays;
import java.util.List;

/** A model's two networks, one after the other: each denoising step as soon as its tokens exist. */
final class NetworkGenerator implements ImageGenerator {

  /** Tokens between reports where no denoising step sets the pace. */
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
    int total = transformer.config().sequence().blockSize();
    int batch = request.tokens().classes().length;
    long[][] codes = new long[batch][total];
    try (TokenSession session =
        new TokenSampler(transformer).begin(request.tokens(), request.options())) {
      if (tokenizer == null) {
        while (session.position() < total) {
          int next = Math.min(total, session.position() + REPORTED);
          takeTokens(session, codes, next, listener);
        }
        listener.finished(List.of(), codes);
        return;
      }
      paint(request, session, codes, listener);
    }
  }

  private void paint(Request request, TokenSession session, long[][] codes, Listener listener) {
    TokenLayout layout = tokenizer.config().tokens();
    int steps = layout.numDenoisingSteps();
    int size = model.config().imageSize();
    long[] images = request.tokens().images();
    try (NDManager scope = compute.manager().newSubManager();
        NDArray noise = noise(scope, request.tokens().seed(), images, size);
        Denoiser denoiser = new Denoiser(tokenizer, noise, steps, request.method());
        ConditionStream conditions = tokenizer.conditionStream(codes.length)) {
      while (denoiser.taken() < steps) {
        int step = denoiser.taken();
        int needed = TokenWindows.needed(layout, step, steps);
        append(scope, conditions, takeTokens(session, codes, needed, listener));
        try (NDManager inner = scope.newSubManager()) {
          int end = needed - layout.queriesPerStep();
          denoiser.step(conditions.window(inner, end, needed));
          boolean asked = request.previewEvery() > 0 && needed % request.previewEvery() == 0;
          if (asked && denoiser.taken() < steps) {
            listener.preview(needed, Decoding.pictures(denoiser.preview(inner)));
          }
        }
      }
      takeTokens(session, codes, codes[0].length, listener);
      listener.finished(Decoding.pictures(denoiser.preview(scope)), codes);
    }
  }

  /** Takes tokens until there are so many; returns the new ones. */
  private static long[][] takeTokens(
      TokenSession session, long[][] codes, int until, Listener listener) {
    int from = session.position();
    int n = until - from;
    if (n <= 0) {
      return new long[codes.length][0];
    }
    long[][] next = session.next(n);
    for (int i = 0; i < codes.length; i++) {
      System.arraycopy(next[i], 0, codes[i], from, n);
    }
    listener.tokens(until, codes[0].length);
    return next;
  }

  private static void append(NDManager scope, ConditionStream conditions, long[][] codes) {
    if (codes[0].length == 0) {
      return;
    }
    long[] flat = Arrays.stream(codes).flatMapToLong(Arrays::stream).toArray();
    try (NDArray array = scope.create(flat, new Shape(codes.length, codes[0].length))) {
      conditions.append(array);
    }
  }

  private static NDArray noise(NDManager into, long seed, long[] images, int size) {
    return Noise.of(into, seed, Purpose.IMAGE_NOISE, images[0], images.length, size, size);
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
