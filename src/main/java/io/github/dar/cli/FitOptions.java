package io.github.dar.cli;

import io.github.dar.config.Fit;
import io.github.dar.config.UserException;
import io.github.dar.data.Crops;
import io.github.dar.data.ImageSource;
import io.github.dar.data.RgbImage;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Option;

/** How images that are measured come to one size. */
final class FitOptions {

  @Option(
      names = "--size",
      paramLabel = "N",
      description =
          "Bring the images of both sides to NxN. Default: as they are; with --model, its size.")
  private Integer size;

  @Option(
      names = "--fit",
      paramLabel = "HOW",
      completionCandidates = Candidates.Fits.class,
      defaultValue = "auto",
      description =
          "How, with --size: crop (the middle, as ADM), pad, or auto, which pads smaller ones. Default: ${DEFAULT-VALUE}.")
  private String fit;

  /**
   * A way to a size.
   *
   * @param name of it, for reports; empty where the images have the size already
   * @param function what does it
   */
  record Way(String name, UnaryOperator<RgbImage> function) {

    /**
     * The way to a square.
     *
     * @param fit CROP or PAD
     */
    static Way of(Fit fit, int size) {
      UnaryOperator<RgbImage> function =
          fit == Fit.PAD ? image -> Crops.pad(image, size) : image -> Crops.centerCrop(image, size);
      return new Way((fit == Fit.PAD ? "pad " : "center ") + size, function);
    }
  }

  /**
   * The way of a source's images.
   *
   * @param usual the size where none was given; 0 for as they are
   */
  Way of(ImageSource source, int usual) {
    int wanted = size(usual);
    if (wanted == 0) {
      return new Way("none", image -> image);
    }
    Way way = Way.of(Models.fit(fit, source, wanted), wanted);
    RgbImage example = source.example();
    boolean there = example.width() == wanted && example.height() == wanted;
    return there ? new Way("", way.function()) : way;
  }

  /** The side that images are brought to; 0 for as they are. */
  int size(int usual) {
    if (size != null && size < 1) {
      throw new UserException("--size " + size + ": give 1 or more");
    }
    return size == null ? usual : size;
  }
}
