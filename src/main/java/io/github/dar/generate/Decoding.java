package io.github.dar.generate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.TokenLayout;
import io.github.dar.config.TokenizerConfig;
import io.github.dar.config.UserException;
import io.github.dar.data.Pixels;
import io.github.dar.data.RgbImage;
import io.github.dar.model.TokenWindows;
import io.github.dar.model.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ObjIntConsumer;

/** Codes to images when all codes are there (vq_model.py, decode_into_pixels). */
public final class Decoding {

  private Decoding() {}

  /**
   * Refuses codes that a tokenizer can't have made: an index outside the codebook would end the
   * whole process on a GPU.
   *
   * @param source named in errors: the file, say
   * @param codes {@code [n][N]}
   * @throws UserException naming the first code or row that is wrong
   */
  public static void check(TokenizerConfig config, String source, long[][] codes) {
    int tokens = config.tokens().numAllQueries();
    int entries = config.vq().vqCodebookSize();
    if (codes.length == 0) {
      throw new UserException(source + ": there are none; give those of one image or more");
    }
    for (long[] row : codes) {
      if (row.length != tokens) {
        throw new UserException(
            "%s: %d tokens an image, but this tokenizer has %d; give the tokenizer that made them"
                .formatted(source, row.length, tokens));
      }
      for (long code : row) {
        if (code < 0 || code >= entries) {
          throw new UserException(
              "%s: has the code %d, but this tokenizer has 0 to %d; give the tokenizer that made them"
                  .formatted(source, code, entries - 1));
        }
      }
    }
  }

  /**
   * Decodes a batch.
   *
   * @param codes {@code [B][N]}, such as {@link #check} lets pass
   * @param noise {@code [B, 3, H, W]}
   * @param clipSteps how many of the configured steps to take; the last one leaps to the end
   * @return {@code [B, 3, H, W]}, about [-1, 1]
   */
  public static NDArray decode(
      NDManager into,
      Tokenizer tokenizer,
      long[][] codes,
      NDArray noise,
      int clipSteps,
      Denoiser.Method method) {
    int steps = tokenizer.config().tokens().numDenoisingSteps();
    try (NDManager scope = into.newSubManager()) {
      long[] flat = Arrays.stream(codes).flatMapToLong(Arrays::stream).toArray();
      NDArray ids = scope.create(flat, new Shape(codes.length, codes[0].length)); // [B, N]
      NDArray conditions = tokenizer.conditions(scope, tokenizer.entries(scope, ids)); // [B, N, D]
      return decode(into, tokenizer, conditions, noise, steps, clipSteps, method, null);
    }
  }

  /**
   * Denoises a batch.
   *
   * @param conditions of all tokens, {@code [B, N, D]}
   * @param noise {@code [B, 3, H, W]}
   * @param steps S
   * @param clipSteps how many of them to take; the last one leaps to the end
   * @param eachStep told after every step, with the number of steps taken; its array is the preview
   * @return {@code [B, 3, H, W]}, about [-1, 1]
   */
  public static NDArray decode(
      NDManager into,
      Tokenizer tokenizer,
      NDArray conditions,
      NDArray noise,
      int steps,
      int clipSteps,
      Denoiser.Method method,
      ObjIntConsumer<NDArray> eachStep) {
    try (Denoiser denoiser = new Denoiser(tokenizer, noise, steps, method)) {
      finish(denoiser, tokenizer, conditions, clipSteps, eachStep);
      return denoiser.preview(into);
    }
  }

  /** Takes the steps that are left up to {@code clipSteps}. */
  static void finish(
      Denoiser denoiser,
      Tokenizer tokenizer,
      NDArray conditions,
      int clipSteps,
      ObjIntConsumer<NDArray> eachStep) {
    TokenLayout layout = tokenizer.config().tokens();
    while (denoiser.taken() < clipSteps) {
      try (NDManager scope = tokenizer.compute().manager().newSubManager()) {
        double time = (double) denoiser.taken() / denoiser.steps();
        int begin = TokenWindows.beginSampling(layout, time);
        NDArray window = conditions.get(":, " + begin + ":" + (begin + layout.queriesPerStep()));
        window.attach(scope);
        denoiser.step(window);
        if (eachStep != null) {
          eachStep.accept(denoiser.preview(scope), denoiser.taken());
        }
      }
    }
  }

  /** A batch {@code [B, 3, H, W]} in about [-1, 1] as pictures. */
  public static List<RgbImage> pictures(NDArray images) {
    int height = (int) images.getShape().get(2);
    int width = (int) images.getShape().get(3);
    float[] values = images.toFloatArray();
    List<RgbImage> out = new ArrayList<>();
    for (int offset = 0; offset < values.length; offset += 3 * height * width) {
      out.add(Pixels.toImage(values, offset, width, height));
    }
    return out;
  }
}
