package io.github.dar.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import io.github.dar.config.Precision;
import io.github.dar.config.UserException;
import io.github.dar.engine.Compute;
import io.github.dar.fetch.Sha256;
import io.github.dar.fetch.WeightsFolder;
import io.github.dar.testing.Goldens;
import io.github.dar.testing.HashedWeights;
import io.github.dar.weights.HostTensor;
import io.github.dar.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of the frozen networks are found, read strictly, and refused in one line. */
class FeatureFilesTest {

  private static Compute compute;

  @TempDir private Path folder;
  private FeatureFiles files;

  @BeforeAll
  static void open() {
    compute = Compute.open("cpu", Precision.FP32, 0);
  }

  @AfterAll
  static void close() {
    compute.close();
  }

  @BeforeEach
  void files() {
    files = new FeatureFiles(new WeightsFolder(folder));
  }

  @Test
  void missingFile_isNamedWithItsMend() {
    String vgg = folder.resolve("vgg16-397923af.pth").toString();
    assertThatThrownBy(() -> files.lpips(compute))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(vgg + " is missing")
        .hasMessageContaining("'dar fetch vgg16'")
        .hasMessageContaining("--weights-dir");
    assertThatThrownBy(() -> files.dinoV2(compute)).hasMessageContaining("'dar fetch dinov2'");
    assertThatThrownBy(() -> files.require("dinov2", "vgg16"))
        .hasMessageContaining("dinov2_vitb14_pretrain.pth is missing");
  }

  @Test
  void otherWeights_areRefusedInOneLine() throws IOException {
    // Both containers of torch.save: of other networks, broken, or nothing of the kind.
    Map<String, String> cases = new LinkedHashMap<>();
    cases.put("legacy.pt", "don't fit the model: 26 missing (features.0.weight");
    cases.put("wrapped_state_dict.pt", "don't fit the model: 26 missing (features.0.weight");
    cases.put("truncated.pt", "");
    cases.put("not_a_checkpoint.pt", "is refused");
    cases.put("evil_system.pt", "is refused");
    for (String name : cases.keySet()) {
      Path file = folder.resolve("vgg16-397923af.pth");
      Files.copy(
          Goldens.path("weights/checkpoints/" + name), file, StandardCopyOption.REPLACE_EXISTING);
      assertThatThrownBy(() -> files.lpips(compute))
          .as(name)
          .isInstanceOf(UserException.class)
          .hasMessageContaining(file.toString())
          .hasMessageContaining(cases.get(name))
          .hasMessageNotContaining("\n");
    }
  }

  @Test
  void wrongShape_isNamed() {
    Map<String, HostTensor> tensors = vgg16();
    tensors.put("features.28.bias", HostTensor.of(new float[3], 3));
    tensors.put("features.29.bias", HostTensor.of(new float[3], 3));
    SafeTensors.write(folder.resolve("vgg16-397923af.safetensors"), tensors, Map.of());
    assertThatThrownBy(() -> files.lpips(compute))
        .hasMessageContaining("1 unexpected (features.29.bias)")
        .hasMessageContaining("features.28.bias is [3], should be [512]")
        .hasMessageContaining("'dar fetch vgg16'");
  }

  @Test
  void classifier_isToleratedAndSafetensorsAreRead() {
    Map<String, HostTensor> tensors = vgg16();
    tensors.put("classifier.6.bias", HostTensor.of(new float[1000], 1000));
    SafeTensors.write(folder.resolve("vgg16-397923af.safetensors"), tensors, Map.of());
    try (Lpips lpips = files.lpips(compute)) {
      assertThat(lpips.weights()).hasSize(26 + 5).doesNotContainKey("classifier.6.bias");
      assertThat(lpips.weights().get("features.0.bias").toFloatArray())
          .isEqualTo(tensors.get("features.0.bias").toFloats());
      assertThat(lpips.weights().get("lin4.model.1.weight").toFloatArray())
          .isEqualTo(FeatureFiles.shippedHead().get("lin4.model.1.weight").toFloats());
    }
  }

  @Test
  void inception_isReadWithAndWithoutCounts() throws IOException {
    Path file = folder.resolve("pt_inception-2015-12-05-6726825d.safetensors");
    assertThatThrownBy(() -> files.inception(compute, Protocol.ADM))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'dar fetch inception'");
    Map<String, HostTensor> tensors = zeros(PublishedNetwork.INCEPTION);
    assertThat(tensors).hasSize(566 - 94);
    for (int counted = 0; counted < 2; counted++) {
      SafeTensors.write(file, tensors, Map.of());
      try (Inception inception = files.inception(compute, Protocol.CLEAN_FID)) {
        assertThat(inception.name()).isEqualTo("inception");
        assertThat(inception.inception()).isTrue();
        assertThat(inception.protocol()).isEqualTo("clean-fid");
        assertThat(inception.sha256()).isEqualTo(Sha256.of(file)).hasSize(64);
      }
      tensors.put("Mixed_7c.branch1x1.bn.num_batches_tracked", HostTensor.of(new long[1]));
    }
  }

  @Test
  void otherInceptions_areRefusedInOneLine() {
    Path file = folder.resolve("pt_inception-2015-12-05-6726825d.safetensors");
    Map<String, HostTensor> tensors = zeros(PublishedNetwork.INCEPTION);
    // torchvision's own has 1000 classes and a classifier on the way.
    tensors.put("fc.bias", HostTensor.of(new float[1000], 1000));
    tensors.put("AuxLogits.fc.bias", HostTensor.of(new float[1000], 1000));
    SafeTensors.write(file, tensors, Map.of());
    assertThatThrownBy(() -> files.inception(compute, Protocol.ADM))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("1 unexpected (AuxLogits.fc.bias)")
        .hasMessageContaining("fc.bias is [1000], should be [1008]")
        .hasMessageNotContaining("\n");

    tensors = zeros(PublishedNetwork.INCEPTION);
    float[] broken = new float[192];
    broken[100] = Float.NaN;
    tensors.put("Mixed_6e.branch1x1.bn.bias", HostTensor.of(broken, 192));
    SafeTensors.write(file, tensors, Map.of());
    assertThatThrownBy(() -> files.inception(compute, Protocol.ADM))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(
            file + ": its Mixed_6e.branch1x1 holds numbers that are not finite");
  }

  @Test
  void kernelTexts_shareOneNameSpace() throws IOException {
    List<String> texts =
        List.of(
            "linear",
            "blocks",
            "dropout",
            "vgg",
            "lpips",
            "dino",
            "repa",
            "patchgan",
            "protocols",
            "inception",
            "bundled");
    List<String> names = new ArrayList<>();
    for (String text : texts) {
      Path path = Path.of("src/main/resources/io/github/dar/kernels", text + ".py");
      Files.readAllLines(path).stream()
          .filter(line -> line.startsWith("def "))
          .forEach(line -> names.add(line.substring(4, line.indexOf('('))));
    }
    assertThat(names).hasSizeGreaterThan(30).doesNotHaveDuplicates();
  }

  /** Its matrices zero: they take no time to make. */
  private static Map<String, HostTensor> vgg16() {
    return zeros(PublishedNetwork.VGG16);
  }

  private static Map<String, HostTensor> zeros(PublishedNetwork network) {
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    network
        .shapes()
        .forEach(
            (name, shape) ->
                tensors.put(
                    name,
                    shape.length == 1
                        ? HashedWeights.tensor(name, shape)
                        : HostTensor.of(new float[(int) new Shape(shape).size()], shape)));
    return tensors;
  }
}
