package io.github.dar.examples;

import ai.djl.modality.cv.Image;
import io.github.dar.DarModel;
import io.github.dar.SampleRequest;
import io.github.dar.Samples;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Streams an image with a model that ships: its previews and itself become PNG files. */
public final class StreamAnImage {

  private StreamAnImage() {}

  /**
   * Runs the example.
   *
   * @param args the folder that the files go to
   */
  public static void main(String... args) throws IOException {
    Path out = Files.createDirectories(Path.of(args[0]));
    // The example of docs/library.md and of the package's Javadoc begins here,
    try (DarModel model = DarModel.load(Path.of("models/fashion-mnist"))) {
      SampleRequest request = model.request("Sneaker").withSeed(7).withGuidance("2.5");
      Samples samples =
          model.sample(
              request, preview -> save(preview.image(), out.resolve(preview.tokens() + ".png")));
      save(samples.image(), out.resolve("sneaker.png"));
    }
    // and ends here.
  }

  private static void save(Image image, Path file) {
    try (OutputStream out = Files.newOutputStream(file)) {
      image.save(out, "png");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
