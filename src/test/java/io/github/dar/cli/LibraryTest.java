package io.github.dar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.modality.cv.BufferedImageFactory;
import ai.djl.modality.cv.Image;
import io.github.dar.DarModel;
import io.github.dar.LoadOptions;
import io.github.dar.SampleRequest;
import io.github.dar.Samples;
import io.github.dar.config.Precision;
import io.github.dar.weights.Npz;
import io.github.dar.weights.TensorFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The library gives what the command line gives, to the bit. */
class LibraryTest {

  private static final Path MODEL = Path.of("models/fashion-mnist");

  private static DarModel model;

  @TempDir private Path out;

  @BeforeAll
  static void load() {
    model =
        DarModel.load(
            MODEL, LoadOptions.DEFAULT.withDevice(Device.cpu()).withPrecision(Precision.FP32));
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private void dar(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--device", "cpu", "--precision", "fp32", "--seed", "7", "-q"));
    Cli.Result result = Cli.run(all.toArray(String[]::new));
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
  }

  private static long[] codes(Path npz) {
    try (TensorFile file = Npz.open(npz)) {
      return file.get("codes").toLongs();
    }
  }

  private int[] file(String name) throws IOException {
    return pixels(new BufferedImageFactory().fromFile(out.resolve(name)));
  }

  private static int[] pixels(Image image) {
    BufferedImage picture = (BufferedImage) image.getWrappedImage();
    return picture.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }

  @Test
  void sample_isDarSample() throws IOException {
    dar(
        "sample",
        "--model",
        "" + MODEL,
        "--class",
        "sneaker,8",
        "--cfg",
        "2.5:4",
        "--preview-every",
        "16",
        "--out",
        "" + out);
    SampleRequest request =
        model.request("sneaker", "8").withSeed(7).withGuidance("2.5:4").withPreviewEvery(16);
    List<Image> previews = new ArrayList<>();
    Samples samples = model.sample(request, preview -> previews.addAll(preview.images()));

    assertThat(samples.codes()).isDeepEqualTo(rows(codes(out.resolve("tokens.npz"))));
    assertThat(pixels(samples.images().get(1))).isEqualTo(file("sample-000001.png"));
    assertThat(pixels(previews.get(1))).isEqualTo(file("sample-000001-at-016.png"));
  }

  private static long[][] rows(long[] flat) {
    return new long[][] {
      java.util.Arrays.copyOf(flat, 64), java.util.Arrays.copyOfRange(flat, 64, 128)
    };
  }

  @Test
  void usualValues_areDarSamples() {
    dar("sample", "--model", "" + MODEL, "--class", "Bag", "--tokens-only", "--out", "" + out);
    assertThat(model.sample(model.request("Bag").withSeed(7)).codes()[0])
        .isEqualTo(codes(out.resolve("tokens.npz")));
  }

  @Test
  void layoutOfAGrayImage_isDarSamples() throws IOException {
    Path gray = out.resolve("gray.png");
    BufferedImage ramp = new BufferedImage(40, 36, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 40 * 36; i++) {
      ramp.getRaster().setSample(i % 40, i / 40, 0, 3 * (i % 40) + i / 40);
    }
    ImageIO.write(ramp, "png", gray.toFile());
    dar(
        "sample",
        "--model",
        "" + MODEL,
        "--class",
        "3",
        "--layout",
        "" + gray,
        "--layout-tokens",
        "8",
        "--out",
        "" + out);
    long[] layout = model.encode(new BufferedImageFactory().fromFile(gray));
    Samples samples = model.sample(model.request(3).withSeed(7).withLayout(layout, 8));
    assertThat(samples.codes()[0]).isEqualTo(codes(out.resolve("tokens.npz")));
  }

  @Test
  void encodeAndDecode_areDarTokenizeAndDetokenize() throws IOException {
    Image image = model.sample(model.request("Coat")).image();
    Path folder = Files.createDirectories(out.resolve("images/coat"));
    try (var file = Files.newOutputStream(folder.resolve("a.png"))) {
      image.save(file, "png");
    }
    Path npz = out.resolve("codes.npz");
    dar(
        "tokenize",
        "--tokenizer",
        "" + MODEL,
        "--data",
        "" + out.resolve("images"),
        "--out",
        "" + npz);
    assertThat(model.encode(image)).isEqualTo(codes(npz));

    dar("detokenize", "--tokenizer", "" + MODEL, "--codes", "" + npz, "--out", "" + out);
    assertThat(pixels(model.decode(codes(npz), 7))).isEqualTo(file("image-000000.png"));
  }
}
