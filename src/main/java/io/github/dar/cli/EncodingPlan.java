package io.github.dar.cli;

import io.github.dar.config.Fit;
import io.github.dar.config.TokenizerConfig;
import io.github.dar.config.UserException;
import io.github.dar.data.CodesWriter;
import io.github.dar.data.ImageSource;
import io.github.dar.data.ImageTransform;
import io.github.dar.data.Squares;
import io.github.dar.data.TenCrops;
import io.github.dar.model.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How the images of a source become a file of codes.
 *
 * @param squares what is encoded of each image
 * @param layout of the file
 */
record EncodingPlan(Squares squares, CodesWriter.Layout layout) {

  /**
   * Images in one way each, or in all ten where the fit is a ten-crop.
   *
   * @param data as the user named it
   * @param batch squares at a time
   */
  static EncodingPlan of(
      ModelFolder model,
      String data,
      ImageSource source,
      Fit fit,
      boolean flip,
      boolean withLatents,
      int batch) {
    int size = model.config().imageSize();
    TokenizerConfig tokenizer = model.config().requireTokenizer("tokenize");
    tokenizer.requireCodes("tokenize");
    Squares squares = fit == Fit.TEN_CROP ? new TenCrops(size) : ImageTransform.of(size, fit, flip);
    String what =
        "%s, %d images, fit %s%s, flip %s, by %s"
            .formatted(
                data,
                source.size(),
                fit,
                squares.count() == 1 ? "" : " (all " + squares.count() + ")",
                flip,
                version(model));
    return new EncodingPlan(
        squares,
        new CodesWriter.Layout(
            what,
            squares.count(),
            tokenizer.tokens().numAllQueries(),
            tokenizer.vq().vqCodebookSize(),
            withLatents ? tokenizer.vq().vqDim() : 0,
            Math.max(1, batch / squares.count())));
  }

  private static String version(ModelFolder model) {
    Path weights = model.path().resolve("tokenizer.safetensors");
    try {
      return weights.toAbsolutePath().normalize() + " of " + Files.getLastModifiedTime(weights);
    } catch (IOException e) {
      throw new UserException("can't read " + weights + ": " + e.getMessage(), e);
    }
  }
}
