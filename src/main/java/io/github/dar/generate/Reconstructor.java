package io.github.dar.generate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.dar.data.RgbImage;
import io.github.dar.engine.Purpose;
import io.github.dar.model.Tokenizer;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Images through a tokenizer and back: to codes, and from the codes alone to images again. The
 * noise is the image's own, so an image becomes the same in whatever batch it comes.
 */
public final class Reconstructor {

  private final Tokenizer tokenizer;
  private final long seed;
  private final Denoiser.Method method;
  private final boolean previews;

  /**
   * @param tokenizer stays the caller's
   * @param seed of the noise
   * @param previews whether images are wanted after every step
   */
  public Reconstructor(Tokenizer tokenizer, long seed, Denoiser.Method method, boolean previews) {
    tokenizer.config().requireCodes("reconstruct");
    this.tokenizer = tokenizer;
    this.seed = seed;
    this.method = method;
    this.previews = previews;
  }

  /**
   * What a batch became.
   *
   * @param codes {@code [B, N]}, flat
   * @param afterSteps the images after some numbers of denoising steps; the last are the finished
   *     ones
   */
  public record Result(long[] codes, NavigableMap<Integer, List<RgbImage>> afterSteps) {

    /** The finished images. */
    public List<RgbImage> finished() {
      return afterSteps.lastEntry().getValue();
    }
  }

  /**
   * Encodes and decodes a batch.
   *
   * @param originals of one size
   * @param first number of the first of them, which its noise belongs to
   */
  public Result reconstruct(List<RgbImage> originals, long first) {
    int height = originals.get(0).height();
    int width = originals.get(0).width();
    int steps = tokenizer.config().tokens().numDenoisingSteps();
    NavigableMap<Integer, List<RgbImage>> afterSteps = new TreeMap<>();
    try (NDManager scope = tokenizer.compute().manager().newSubManager()) {
      NDArray codes = tokenizer.codes(scope, Encoding.images(scope, originals)); // [B, N]
      NDArray conditions = tokenizer.conditions(scope, tokenizer.entries(scope, codes)); // [B,N,D]
      NDArray noise =
          Noise.of(
              scope,
              seed,
              Purpose.IMAGE_NOISE,
              first,
              originals.size(),
              height,
              width); // [B,3,H,W]
      NDArray finished =
          Decoding.decode(
              scope,
              tokenizer,
              conditions,
              noise,
              steps,
              steps,
              method,
              (preview, taken) -> {
                if (previews && taken < steps) {
                  afterSteps.put(taken, Decoding.pictures(preview));
                }
              }); // [B, 3, H, W]
      afterSteps.put(steps, Decoding.pictures(finished));
      return new Result(codes.toLongArray(), afterSteps);
    }
  }
}
