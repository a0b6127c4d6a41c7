package io.github.dar;

import io.github.dar.config.UserException;
import io.github.dar.generate.Denoiser;
import io.github.dar.generate.Guidance;
import io.github.dar.generate.SamplingOptions;
import io.github.dar.generate.TokenRequest;
import java.util.Arrays;

/**
 * Images that are wanted, as one batch. {@link DarModel#request} makes one with the model's usual
 * values; the {@code with} methods change them.
 *
 * @param classes numbers of the classes, an image each: {@code [n]}
 * @param seed start of all draws, 0 or more: the same seed gives the same images
 * @param firstImage index of the first image, 0 or more: image i of a seed is the same in whatever
 *     request it comes, so a large set can be asked for in parts
 * @param options how tokens are chosen
 * @param layout first tokens that all images share: {@code [K]}, K may be 0
 * @param previewEvery tokens between previews, a multiple of the tokens of a denoising step; 0 for
 *     no previews
 * @param method how the decoder denoises
 */
public record SampleRequest(
    long[] classes,
    long seed,
    long firstImage,
    SamplingOptions options,
    long[] layout,
    int previewEvery,
    Denoiser.Method method) {

  /** Checks what needs no model. */
  public SampleRequest {
    if (classes.length == 0) {
      throw new UserException("no class is given: name one for each image that is wanted");
    }
    if (seed < 0 || firstImage < 0) {
      throw new UserException(
          "seed %d, first image %d: give 0 or more".formatted(seed, firstImage));
    }
  }

  /** What the sampling of tokens takes. */
  TokenRequest tokens() {
    long[][] forced = new long[classes.length][];
    Arrays.fill(forced, layout);
    return TokenRequest.of(classes, seed, firstImage).withForced(forced);
  }

  /** The same from another seed. */
  public SampleRequest withSeed(long other) {
    return new SampleRequest(classes, other, firstImage, options, layout, previewEvery, method);
  }

  /** The images of the same seed from this index on. */
  public SampleRequest withFirstImage(long index) {
    return new SampleRequest(classes, seed, index, options, layout, previewEvery, method);
  }

  /**
   * The same with another guidance.
   *
   * @param scales one scale, {@code 4.0}, or the first and the last of a schedule over the tokens,
   *     {@code 1.2:8.0}; {@code 1} is none
   */
  public SampleRequest withGuidance(String scales) {
    return withOptions(options.withGuidance(Guidance.parse(scales)));
  }

  /** The same with tokens chosen in another way: guidance, temperature, top-k, top-p. */
  public SampleRequest withOptions(SamplingOptions other) {
    return new SampleRequest(classes, seed, firstImage, other, layout, previewEvery, method);
  }

  /**
   * Keeps the layout of another image: its first tokens are taken, the rest is made for the class.
   *
   * @param codes of that image, {@code [N]}: from {@link DarModel#encode(ai.djl.modality.cv.Image)}
   *     or of another sample
   * @param tokens how many of them to take, 1 to N - 1
   */
  public SampleRequest withLayout(long[] codes, int tokens) {
    if (tokens < 1 || tokens >= codes.length) {
      throw new UserException(
          "layout of %d tokens: the other image has %d; give 1 to %d"
              .formatted(tokens, codes.length, codes.length - 1));
    }
    long[] first = Arrays.copyOf(codes, tokens);
    return new SampleRequest(classes, seed, firstImage, options, first, previewEvery, method);
  }

  /** The same with a preview after so many tokens each. */
  public SampleRequest withPreviewEvery(int tokens) {
    return new SampleRequest(classes, seed, firstImage, options, layout, tokens, method);
  }

  /** The same, denoised in another way. */
  public SampleRequest withMethod(Denoiser.Method other) {
    return new SampleRequest(classes, seed, firstImage, options, layout, previewEvery, other);
  }
}
