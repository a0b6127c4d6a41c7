package io.github.dar.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.Precision;
import io.github.dar.config.UserException;
import io.github.dar.engine.Compute;
import io.github.dar.engine.TorchScriptFiles;
import io.github.dar.fetch.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks in TorchScript files: those that answer as NVIDIA's, and all others in one line. */
class TorchScriptFeaturesTest {

  private static final String SIGNATURE =
      "def forward(self: __torch__.Kernel, img: Tensor, return_features: bool=False, use_fp16: bool=False, no_output_bias: bool=False) -> Tensor:";

  private static Compute compute;

  @TempDir private Path folder;
  private Path file;

  @BeforeAll
  static void open() {
    compute = Compute.open("cpu", Precision.FP32, 0);
  }

  @AfterAll
  static void close() {
    compute.close();
  }

  @BeforeEach
  void file() {
    file = folder.resolve("network.pt");
  }

  /** Features: each channel's mean over space; classes: evenly likely, {@code size} of them. */
  private void likeNvidias(int classes, String features) throws IOException {
    TorchScriptFiles.write(
        file,
        SIGNATURE,
        "  x = torch.to(img, 6)",
        "  if return_features:",
        "    return " + features,
        "  if not no_output_bias or use_fp16:",
        "    return x",
        "  return torch.softmax(torch.zeros([torch.size(x, 0), " + classes + "]), 1)");
  }

  private TorchScriptFeatures load(Protocol protocol) {
    return FeatureFiles.torchScript(compute, file, protocol);
  }

  @Test
  void imagesGoIn_asTheyAreOrResized() throws IOException {
    // The last row and column say how large the images were that came in.
    likeNvidias(
        10,
        "torch.cat([torch.mean(x, [2, 3]), torch.full([torch.size(x, 0), 1], torch.size(x, 2), dtype=6)], 1)");
    byte[] pixels = new byte[2 * 20 * 30 * 3];
    Arrays.fill(pixels, 0, pixels.length / 2, (byte) 200);
    pixels[0] = 80; // red of the first pixel
    try (NDManager scope = compute.manager().newSubManager()) {
      NDArray images =
          scope.create(ByteBuffer.wrap(pixels), new Shape(2, 20, 30, 3), DataType.UINT8);
      try (TorchScriptFeatures network = load(Protocol.ADM)) {
        assertThat(network.name()).isEqualTo("network.pt");
        assertThat(network.sha256()).isEqualTo(Sha256.of(file));
        assertThat(network.inception()).isFalse();
        assertThat(network.protocol()).isEqualTo("adm");
        assertThat(network.width()).isEqualTo(4);
        assertThat(network.classes()).isEqualTo(10);
        assertThat(network.spatialWidth()).isZero();
        FeatureExtractor.Outputs out = network.extract(scope, images);
        assertThat(out.features().toFloatArray())
            .containsExactly(199.8f, 200, 200, 20, 0, 0, 0, 20);
        assertThat(out.probabilities().getShape()).isEqualTo(new Shape(2, 10));
        assertThat(out.spatial()).isNull();
      }
      try (TorchScriptFeatures network = load(Protocol.CLEAN_FID)) {
        float[] features = network.extract(scope, images).features().toFloatArray();
        assertThat(features[3]).isEqualTo(299);
        assertThat(features[0]).isBetween(199f, 199.9f);
        assertThat(features[4]).isZero();
      }
    }
  }

  @Test
  void inception_isKnownByItsNumbers() throws IOException {
    likeNvidias(
        1008, "torch.expand(torch.mean(x, [1, 2, 3], True)[0, 0], [torch.size(x, 0), 2048])");
    try (TorchScriptFeatures network = load(Protocol.ADM)) {
      assertThat(network.inception()).isTrue();
    }
    likeNvidias(1000, "torch.zeros([torch.size(x, 0), 2048])");
    try (TorchScriptFeatures network = load(Protocol.ADM)) {
      assertThat(network.inception()).isFalse();
    }
  }

  @Test
  void networkWithoutClasses_hasNone() throws IOException {
    TorchScriptFiles.write(
        file,
        "def forward(self: __torch__.Kernel, img: Tensor, return_features: bool) -> Tensor:",
        "  return torch.to(torch.mean(torch.to(img, 6), [2, 3]), 5)");
    try (NDManager scope = compute.manager().newSubManager();
        TorchScriptFeatures network = load(Protocol.ADM)) {
      assertThat(network.classes()).isZero();
      NDArray images = scope.ones(new Shape(1, 8, 8, 3), DataType.UINT8);
      FeatureExtractor.Outputs out = network.extract(scope, images);
      assertThat(out.probabilities()).isNull();
      // Half precision becomes float32.
      assertThat(out.features().toFloatArray()).containsExactly(1, 1, 1);
    }
  }

  @Test
  void whatIsNoNumber_isHandedOn() throws IOException {
    likeNvidias(10, "torch.log(torch.mean(x, [2, 3]) - 1.)");
    try (NDManager scope = compute.manager().newSubManager();
        TorchScriptFeatures network = load(Protocol.ADM)) {
      NDArray images = scope.zeros(new Shape(1, 8, 8, 3), DataType.UINT8);
      assertThat(network.extract(scope, images).features().toFloatArray()).containsOnly(Float.NaN);
    }
  }

  @Test
  void otherFiles_areRefusedInOneLine() throws IOException {
    refused("there is no such file");
    Files.write(file, "a text".getBytes(StandardCharsets.UTF_8));
    refused("can't load it as TorchScript");
    likeNvidias(10, "torch.mean(x, [2, 3])");
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));
    refused("can't load it as TorchScript");
    Files.copy(
        io.github.dar.testing.Goldens.path("weights/checkpoints/legacy.pt"),
        file,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    refused("can't load it as TorchScript");
    TorchScriptFiles.write(
        file, "def other(self: __torch__.Kernel, x: Tensor) -> Tensor:", "  return x");
    refused("fails when it is asked for features");
    TorchScriptFiles.write(
        file, "def forward(self: __torch__.Kernel, x: Tensor) -> Tensor:", "  return x");
    refused("takes no return_features");
    likeNvidias(10, "x");
    refused("asked for features of 2 images it gives (2, 3, 64, 64) instead of 2 rows");
    likeNvidias(10, "torch.mean(x, [0, 2, 3])");
    refused("asked for features of 2 images it gives (3) instead of 2 rows");
    likeNvidias(10, "torch.matmul(x, torch.zeros([5, 5]))");
    refused("fails when it is asked for features (RuntimeError: ");
    TorchScriptFiles.write(
        file,
        "def forward(self: __torch__.Kernel, x: Tensor, return_features: bool) -> List[Tensor]:",
        "  return [x, x]");
    refused("it gives 2 tensors instead of 2 rows");
    TorchScriptFiles.write(
        file,
        "def forward(self: __torch__.Kernel, x: Tensor, return_features: bool) -> int:",
        "  return 3");
    refused("something that is no tensor");
    TorchScriptFiles.write(file, SIGNATURE, "  return torch.mean(torch.to(img, 6), [2, 3])");
    refused("the probabilities of its classes sum to 0.0 instead of 1");
  }

  @Test
  void pytorchFid_isRefused() throws IOException {
    likeNvidias(10, "torch.mean(x, [2, 3])");
    assertThatThrownBy(() -> load(Protocol.PYTORCH_FID))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--protocol pytorch-fid: " + file)
        .hasMessageContaining("use adm or clean-fid");
  }

  private void refused(String why) {
    assertThatThrownBy(() -> load(Protocol.ADM))
        .as(why)
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(why)
        .hasMessageContaining("give a network that answers as NVIDIA's")
        .hasMessageNotContaining("\n");
  }
}
