package io.github.dar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.modality.cv.Image;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.Precision;
import io.github.dar.config.UserException;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The library with a model that ships. */
class DarModelTest {

  private static final Path FOLDER = Path.of("models/fashion-mnist");
  private static final LoadOptions OPTIONS =
      LoadOptions.DEFAULT.withDevice(Device.cpu()).withPrecision(Precision.FP32);

  private static DarModel model;

  @BeforeAll
  static void load() {
    model = DarModel.load(FOLDER, OPTIONS);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static SampleRequest request(String... classes) {
    return model.request(classes).withSeed(7).withGuidance("2.5");
  }

  private static int[] pixels(Image image) {
    BufferedImage picture = (BufferedImage) image.getWrappedImage();
    return picture.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }

  @Test
  void request_hasTheModelsUsualValues() {
    SampleRequest request = model.request("sneaker", "0");
    assertThat(request.classes()).containsExactly(7, 0);
    assertThat(request.options().guidance()).hasToString("4.0");
    assertThat(request.previewEvery()).isEqualTo(8);
    assertThat(model.request(7, 0).classes()).containsExactly(7, 0);
  }

  @Test
  void sample_previewsComeInOrderAndTheImageLast() {
    List<Integer> tokens = new ArrayList<>();
    List<int[]> previews = new ArrayList<>();
    Samples samples =
        model.sample(
            request("Sneaker", "Bag").withPreviewEvery(16),
            preview -> {
              tokens.add(preview.tokens());
              previews.add(pixels(preview.image()));
              assertThat(preview.total()).isEqualTo(64);
              assertThat(preview.images()).hasSize(2);
            });
    assertThat(tokens).containsExactly(16, 32, 48);
    assertThat(samples.classes()).containsExactly(7, 8);
    assertThat(samples.codes()).hasDimensions(2, 64);
    assertThat(samples.images()).hasSize(2);
    assertThat(pixels(samples.image())).isNotEqualTo(previews.get(2)).hasSize(32 * 32);
  }

  @Test
  void sample_inPartsOrTogether_isTheSame() {
    Samples together = model.sample(request("Coat", "Bag"));
    Samples second = model.sample(request("Bag").withFirstImage(1));
    assertThat(second.codes()[0]).isEqualTo(together.codes()[1]);
    assertThat(model.sample(request("Bag").withSeed(8).withFirstImage(1)).codes()[0])
        .isNotEqualTo(together.codes()[1]);
  }

  @Test
  void sampleAsArray_isTheImagesAndBelongsToTheCaller() {
    Samples samples = model.sample(request("Coat", "Bag"));
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      NDArray images = model.sample(manager, request("Coat", "Bag"));
      assertThat(images.getManager()).isSameAs(manager);
      assertThat(images.getShape()).isEqualTo(new Shape(2, 3, 32, 32));
      assertThat(images.getDataType()).isEqualTo(DataType.FLOAT32);
      float[] values = images.toFloatArray();
      int[] bag = pixels(samples.images().get(1));
      for (int i = 0; i < bag.length; i++) {
        float red = values[3 * 32 * 32 + i];
        assertThat(red).isBetween(-1f, 1f);
        assertThat(bag[i] >> 16 & 255).isEqualTo((int) Math.min(255, 127.5f * red + 128));
      }
      // A caller may train with it: results of a kernel alone could not be.
      images.setRequiresGradient(true);
      assertThat(images.hasGradient()).isTrue();
    }
  }

  @Test
  void layout_keepsTheFirstTokens() {
    long[] boot = model.sample(request("Ankle boot")).codes()[0];
    long[] sandal = model.sample(request("Sandal").withLayout(boot, 12)).codes()[0];
    assertThat(Arrays.copyOf(sandal, 12)).isEqualTo(Arrays.copyOf(boot, 12));
    assertThat(sandal).isNotEqualTo(boot);
  }

  @Test
  void decode_ofSampledCodes_isTheSampleButForRounding() {
    Samples samples = model.sample(request("Dress"));
    int[] decoded = pixels(model.decode(samples.codes()[0], 7));
    int[] sampled = pixels(samples.image());
    for (int i = 0; i < sampled.length; i++) {
      assertThat((decoded[i] & 255) - (sampled[i] & 255)).isBetween(-1, 1);
    }
  }

  @Test
  void encode_asImageOrAsArray_isTheSame() {
    Image image = model.sample(request("Shirt")).image();
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      NDArray bytes = image.toNDArray(manager).toType(DataType.FLOAT32, true); // [H, W, 3]
      NDArray floats = bytes.div(255f).sub(0.5f).div(0.5f).transpose(2, 0, 1).expandDims(0);
      assertThat(model.encode(floats)[0]).isEqualTo(model.encode(image));
      NDArray decoded = model.decode(manager, new long[][] {model.encode(image)}, 0);
      assertThat(decoded.getShape()).isEqualTo(new Shape(1, 3, 32, 32));
    }
  }

  @Test
  void whatComesOut_outlivesTheModel() {
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      Image image;
      NDArray array;
      try (DarModel other = DarModel.load(FOLDER, OPTIONS)) {
        image = other.sample(request("Bag")).image();
        array = other.sample(manager, request("Bag"));
      }
      assertThat(pixels(image)).isEqualTo(pixels(model.sample(request("Bag")).image()));
      assertThat(array.toFloatArray()).hasSize(3 * 32 * 32);
    }
  }

  @Test
  void device_isTheOneThatWasAskedFor() {
    assertThat(model.device()).isEqualTo(Device.cpu());
    assertThat(model).hasToString(FOLDER + " on " + "CPU, fp32 (as asked), " + threads());
    assertThatThrownBy(() -> DarModel.load(FOLDER, LoadOptions.DEFAULT.withDevice(Device.gpu(9))))
        .isInstanceOf(UserException.class)
        .hasMessageMatching(
            "device cuda:9: this program sees (no GPU|\\d GPUs?); see docs/gpu.md, or use cpu");
    assertThatThrownBy(
            () -> DarModel.load(FOLDER, LoadOptions.DEFAULT.withDevice(Device.of("tpu", 0))))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("dar computes on cpu or on an NVIDIA GPU");
  }

  private static String threads() {
    return model.toString().replaceAll(".* (\\d+ threads)", "$1");
  }

  @Test
  void mistakes_areToldWithTheMend(@TempDir Path empty) {
    refused("did you mean 'Sneaker'?", () -> model.request("Sneeker"));
    refused("class 10: the model has the classes 0 to 9", () -> model.request(10));
    refused("class -1: the model has the classes 0 to 9", () -> model.request(-1));
    refused("no class is given", () -> model.request(new long[0]));
    refused("'much' is not a scale", () -> request("Bag").withGuidance("much"));
    refused("give 0 or more", () -> request("Bag").withSeed(-1));
    refused("give 1 to 63", () -> request("Bag").withLayout(new long[64], 64));
    refused("no code", () -> model.sample(request("Bag").withLayout(new long[] {256, 0}, 1)));
    refused("multiple of 8", () -> model.sample(request("Bag").withPreviewEvery(3), p -> {}));
    refused("has 64", () -> model.decode(new long[63], 0));
    refused("code 256", () -> model.decode(codesOf(256), 0));
    refused("threads -1", () -> LoadOptions.DEFAULT.withThreads(-1));
    refused("holds no model", () -> DarModel.load(empty));
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      NDArray bytes = manager.ones(new Shape(1, 3, 32, 32)).mul(255);
      refused("a pixel of 255.0", () -> model.encode(bytes));
      refused("float32 [n, 3, H, W]", () -> model.encode(manager.ones(new Shape(3, 32, 32))));
      refused("multiples of", () -> model.encode(manager.ones(new Shape(1, 3, 30, 30))));
    }
  }

  private static long[] codesOf(long code) {
    long[] codes = new long[64];
    Arrays.fill(codes, code);
    return codes;
  }

  private static void refused(String message, Runnable mistake) {
    assertThatThrownBy(mistake::run)
        .isInstanceOf(UserException.class)
        .hasMessageContaining(message);
  }
}
