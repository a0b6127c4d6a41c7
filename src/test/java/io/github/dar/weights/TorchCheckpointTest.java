package io.github.dar.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dar.config.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints that PyTorch wrote: the good are read to the last bit, the bad are refused. */
class TorchCheckpointTest {

  private static final String REFUSED = "__must_be_refused__";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNode EXPECTED = expected();

  @TempDir Path folder;

  private static JsonNode expected() {
    try {
      return JSON.readTree(Fixtures.path("checkpoints/expected.json").toFile());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static List<String> goodFiles() {
    return names(EXPECTED).stream().filter(name -> !name.equals(REFUSED)).toList();
  }

  static List<String> badFiles() {
    return names(EXPECTED.get(REFUSED));
  }

  private static List<String> names(JsonNode node) {
    return node.properties().stream().map(Map.Entry::getKey).toList();
  }

  private static TorchCheckpoint open(String file) {
    return TorchCheckpoint.open(Fixtures.path("checkpoints/" + file));
  }

  @ParameterizedTest
  @MethodSource("goodFiles")
  void open_goodFile_givesEveryTensorBitForBit(String file) {
    JsonNode tensors = EXPECTED.get(file).get("tensors");
    try (TorchCheckpoint checkpoint = open(file)) {
      assertThat(checkpoint.names()).containsExactlyInAnyOrderElementsOf(names(tensors));
      checkpoint
          .tensors()
          .forEach(
              (name, tensor) -> {
                JsonNode expected = tensors.get(name);
                assertThat(tensor.dtype().name()).isEqualTo(expected.get("dtype").asText());
                assertThat(tensor.shape())
                    .isEqualTo(JSON.convertValue(expected.get("shape"), long[].class));
                assertThat(Fixtures.sha256(tensor))
                    .as(name)
                    .isEqualTo(expected.get("sha256").asText());
              });
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0000520.pt, steps",
    "0000520.pt, args",
    "0000520.pt, config",
    "ar_orig_mod.pt, steps",
    "ar_orig_mod.pt, args",
    "views.pt, plain"
  })
  void find_plainValues_equalsReference(String file, String key) {
    try (TorchCheckpoint checkpoint = open(file)) {
      JsonNode found = JSON.valueToTree(checkpoint.find(key).orElseThrow());
      // Written out: trees hold 1 as an int or a long, which is the same here.
      assertThat(found.toString()).isEqualTo(EXPECTED.get(file).get(key).toString());
    }
  }

  @Test
  void find_optimizerGroups_equalsReference() {
    try (TorchCheckpoint checkpoint = open("0000520.pt")) {
      JsonNode groups = JSON.valueToTree(checkpoint.find("optimizer", "param_groups").get());
      assertThat(groups.toString())
          .isEqualTo(EXPECTED.get("0000520.pt").get("optimizer_param_groups").toString());
      assertThat(checkpoint.find("optimizer", "param_groups", "0", "betas", "1")).contains(0.95);
      assertThat(checkpoint.find("optimizer", "state", "1", "step")).get().hasToString("F32[]");
      assertThat(checkpoint.find("args", "data_face_path")).isEmpty();
      assertThat(checkpoint.find("no", "such", "key")).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("badFiles")
  void open_badFile_isRefusedAndRunsNothing(String file) {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> open(file))
        .withMessageContaining(file)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    assertThat(Path.of("/tmp/pwned_dar")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "evil_system.pt, posix.system",
    "evil_legacy.pt, posix.system",
    "evil_eval.pt, __builtin__.eval",
    "evil_getattr.pt, __builtin__.",
    "short_storage.pt, bytes instead of",
    "missing_storage.pt, lacks the record of storage 1",
    "missing_pickle.pt, 0 records data.pkl",
    "cut_pickle.pt, ends too early",
    "out_of_bounds.pt, does not lie in its storage of 8 elements",
    "negative_offset.pt, does not lie in its storage",
    "empty.pt, is empty",
    "truncated.pt, cut off or damaged"
  })
  void open_badFile_saysWhatIsWrong(String file, String reason) {
    assertThatThrownBy(() -> open(file)).hasMessageContaining(reason);
  }

  @Test
  void open_missingFile_saysSo() {
    assertThatThrownBy(() -> TorchCheckpoint.open(folder.resolve("no.pt")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("does not exist");
  }

  @ParameterizedTest
  @CsvSource({
    "views.pt, views_expected.safetensors, ''",
    "legacy.pt, legacy_expected.safetensors, ''",
    "bf16.pt, half_expected.safetensors, bf16/",
    "fp16.pt, half_expected.safetensors, fp16/"
  })
  void tensors_viewsAndHalves_equalExpectedValues(String file, String values, String prefix) {
    try (TorchCheckpoint checkpoint = open(file);
        TensorFile expected = SafeTensors.open(Fixtures.path("checkpoints/" + values))) {
      checkpoint
          .tensors()
          .forEach(
              (name, tensor) -> {
                HostTensor reference = expected.tensors().get(prefix + name);
                if (reference == null) {
                  assertThat(name).isEqualTo("state/bfloat16");
                  return;
                }
                assertThat(tensor).hasToString(reference.toString());
                assertThat(tensor.toBytes()).isEqualTo(reference.toBytes());
                if (!prefix.isEmpty()) {
                  float[] widened = expected.get(prefix + name + "/f32").toFloats();
                  assertThat(tensor.toFloats()).usingComparator(Arrays::compare).isEqualTo(widened);
                }
              });
    }
  }

  @Test
  void tensors_tied_areOneObject() {
    try (TorchCheckpoint checkpoint = open("views.pt")) {
      assertThat(checkpoint.get("state/tied_a")).isSameAs(checkpoint.get("state/tied_b"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"wrapped_module.pt", "wrapped_state_dict.pt", "torch2_records.pt", "bf16.pt"})
  void stateDict_whereverItIs_isFound(String file) {
    try (TorchCheckpoint checkpoint = open(file)) {
      assertThat(checkpoint.stateDict("ema")).containsKeys("norm.weight", "output.weight");
    }
  }

  @Test
  void stateDict_compiledModel_equalsTheBareOne() {
    try (TorchCheckpoint compiled = open("ar_orig_mod.pt");
        TorchCheckpoint bare = open("ar_bare.pt")) {
      assertThat(digests(compiled.stateDict())).isEqualTo(digests(bare.stateDict()));
    }
  }

  @Test
  void stateDict_emaAskedFor_isPreferred() {
    try (TorchCheckpoint checkpoint = open("0000520.pt")) {
      String name = "quantize.embedding.weight";
      assertThat(checkpoint.stateDict().get(name)).isSameAs(checkpoint.get("model/" + name));
      assertThat(checkpoint.stateDict("ema").get(name)).isSameAs(checkpoint.get("ema/" + name));
      assertThatThrownBy(() -> checkpoint.stateDict("args"))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("its args has data_path, not a tensor");
    }
  }

  @Test
  void leaves_listValuesInFileOrder() {
    try (TorchCheckpoint checkpoint = open("views.pt")) {
      List<String> paths = checkpoint.leaves().stream().map(TorchCheckpoint.Leaf::path).toList();
      assertThat(paths)
          .contains("state/whole", "plain/none", "plain/list/2/0", "plain/nested/1/2", "int_keys/7")
          .startsWith("state/whole");
      assertThat(checkpoint.root()).isInstanceOf(Map.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bf16.pt", "views.pt", "legacy.pt", "wrapped_module.pt"})
  void open_flippedBytesAndPrefixes_failPolitelyOrNotAtAll(String file) throws IOException {
    byte[] good = Files.readAllBytes(Fixtures.path("checkpoints/" + file));
    Random random = new Random(file.hashCode());
    Path path = folder.resolve("fuzz.pt");
    for (int i = 0; i < 800; i++) {
      byte[] bad = good.clone();
      if (i % 10 == 0) {
        bad = Arrays.copyOf(good, random.nextInt(good.length));
      } else {
        for (int flips = random.nextInt(3); flips >= 0; flips--) {
          bad[random.nextInt(bad.length)] = (byte) random.nextInt();
        }
      }
      Files.write(path, bad);
      try (TorchCheckpoint checkpoint = TorchCheckpoint.open(path)) {
        for (HostTensor tensor : checkpoint.tensors().values()) {
          // A flipped size may ask for gigabytes of a repeated value: lazy, so the start will do.
          tensor.slice(0, (int) Math.min(1000, tensor.byteSize()));
        }
      } catch (UserException e) {
        assertThat(e).hasMessageContaining("fuzz.pt");
      }
    }
  }

  @Test
  void open_legacyFileCutAnywhere_isRefused() throws IOException {
    byte[] good = Files.readAllBytes(Fixtures.path("checkpoints/legacy.pt"));
    for (int length = 0; length < good.length; length += 7) {
      Path path = Files.write(folder.resolve("cut.pt"), Arrays.copyOf(good, length));
      assertThatExceptionOfType(UserException.class).isThrownBy(() -> TorchCheckpoint.open(path));
    }
    Path path = Files.write(folder.resolve("cut.pt"), Arrays.copyOf(good, good.length - 1));
    assertThatThrownBy(() -> TorchCheckpoint.open(path))
        .hasMessageContaining("ends within storage");
  }

  private static Map<String, String> digests(Map<String, HostTensor> tensors) {
    Map<String, String> digests = new TreeMap<>();
    tensors.forEach((name, tensor) -> digests.put(name, Fixtures.sha256(tensor)));
    return digests;
  }
}
