import io.github.dar.config.Fit;
import io.github.dar.data.ImageBatches;
import io.github.dar.data.ImageSource;
import io.github.dar.data.ImageSources;
import io.github.dar.data.ImageTransform;
import java.util.Locale;

/**
 * How fast a training's pictures are read: decoded, cut, resized, mirrored, turned into floats.
 *
 * <p>{@code java -cp "target/dar.jar:target/lib/*" scripts/ReadImages.java SOURCE [SIZE [THREADS [SECONDS]]]}
 */
public final class ReadImages {

  private ReadImages() {}

  /** Reads for some seconds with each augmentation, after as many to warm up. */
  public static void main(String[] args) {
    String source = args[0];
    int size = args.length > 1 ? Integer.parseInt(args[1]) : 256;
    int threads = args.length > 2 ? Integer.parseInt(args[2]) : ImageBatches.usualThreads();
    int seconds = args.length > 3 ? Integer.parseInt(args[3]) : 10;
    try (ImageSource images = ImageSources.open(source, size, 0)) {
      System.out.println(images.describe() + ", " + threads + " threads");
      for (Fit fit : new Fit[] {Fit.RANDOM_CROP, Fit.TEN_CROP}) {
        ImageTransform transform = ImageTransform.of(size, fit, fit == Fit.RANDOM_CROP);
        try (ImageBatches batches = ImageBatches.training(images, transform, 32, 0, 0, threads)) {
          rate(batches, seconds);
          System.out.printf(Locale.ROOT, "%s: %.0f images/s%n", fit, rate(batches, seconds));
        }
      }
    }
  }

  private static double rate(ImageBatches batches, int seconds) {
    long began = System.nanoTime();
    long count = 0;
    while (System.nanoTime() - began < seconds * 1e9) {
      count += batches.next().count();
    }
    return count * 1e9 / (System.nanoTime() - began);
  }
}
