package io.github.dar.cli;

import io.github.dar.data.ImageSource;
import io.github.dar.data.ImageSources;
import io.github.dar.data.TolerantSource;
import picocli.CommandLine.Option;

/** How images are read that are trained on or encoded. */
final class DataOptions {

  /** What the help of {@code --data} says. */
  static final String SOURCES =
      "The images: DIR, idx:PATH-PREFIX, wds:PATH/{00000..00099}.tar, npz:FILE or shapes:, each with #FROM:TO or not.";

  @Option(
      names = "--max-bad-fraction",
      paramLabel = "X",
      defaultValue = TolerantSource.DEFAULT_FRACTION,
      description =
          "Images that can't be read are named and left out; stop at more than this part of them. Default: ${DEFAULT-VALUE}.")
  private double maxBadFraction;

  /**
   * Opens a source whose damaged images are skipped.
   *
   * @param size of generated images in pixels
   */
  TolerantSource open(String data, int size, long seed) {
    ImageSource source = ImageSources.open(data, size, seed);
    return new TolerantSource(source, maxBadFraction);
  }
}
