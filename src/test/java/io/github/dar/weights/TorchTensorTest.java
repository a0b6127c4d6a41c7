package io.github.dar.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dar.config.UserException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tensors, storages and containers as newer PyTorch versions write them, or an attacker. */
class TorchTensorTest {

  @TempDir Path folder;

  @Test
  void open_untypedStorageOfNewTypes_becomesTensors() throws IOException {
    String tensor =
        Pickles.REBUILD_V3
            + "("
            + Pickles.storage("torch.storage\nUntypedStorage", "0", 4)
            + "K\1K\3\u0085K\1\u0085\u0089"
            + Pickles.ORDERED_DICT
            + ")R";
    Path path =
        Pickles.zip(
            folder, tensor + "ctorch\nfloat8_e4m3fn\ntR.", Map.of("data/0", "\0\70\1\u00b8"));
    try (TorchCheckpoint checkpoint = TorchCheckpoint.open(path)) {
      assertThat(((HostTensor) checkpoint.root()).toFloats()).containsExactly(1f, 0x1p-9f, -1f);
    }
    Path wide =
        Pickles.zip(
            folder,
            tensor.replace("K\1K\3\u0085", "K\1K\1\u0085") + "ctorch\nuint16\ntR.",
            Map.of("data/0", "\0\0\u00fe\u00ff"));
    try (TorchCheckpoint checkpoint = TorchCheckpoint.open(wide)) {
      assertThat(((HostTensor) checkpoint.root()).toLongs()).containsExactly(0xfffe);
    }
  }

  @Test
  void open_parameterWithState_isItsTensor() throws IOException {
    String pickle =
        "ctorch._utils\n_rebuild_parameter_with_state\n("
            + Pickles.tensor(Pickles.REBUILD_V2, "K\0", "K\2\u0085", "K\1\u0085")
            + "\u0088"
            + Pickles.ORDERED_DICT
            + ")R}tR.";
    try (TorchCheckpoint checkpoint =
        TorchCheckpoint.open(Pickles.zip(folder, pickle, Map.of("data/0", "12345678")))) {
      assertThat(checkpoint.root()).hasToString("F32[2]");
    }
  }

  @Test
  void open_tensorsOutsideTheirStorage_areRefused() throws IOException {
    List<String> bad = new ArrayList<>();
    bad.add(Pickles.tensor(Pickles.REBUILD_V2, "K\0", "K\3\u0085", "K\1\u0085"));
    bad.add(Pickles.tensor(Pickles.REBUILD_V2, "K\1", "K\2\u0085", "K\1\u0085"));
    bad.add(Pickles.tensor(Pickles.REBUILD_V2, "K\0", "K\2\u0085", "K\2\u0085"));
    bad.add(
        Pickles.tensor(Pickles.REBUILD_V2, "K\1", "K\2\u0085", "J\u00ff\u00ff\u00ff\u00ff\u0085"));
    bad.add(
        Pickles.tensor(Pickles.REBUILD_V2, "K\0", "J\u00ff\u00ff\u00ff\u00ff\u0085", "K\1\u0085"));
    bad.add(
        Pickles.tensor(Pickles.REBUILD_V2, "J\u00ff\u00ff\u00ff\u00ff", "K\0\u0085", "K\1\u0085"));
    bad.add(Pickles.tensor(Pickles.REBUILD_V2, "K\0", "K\1K\2\u0086", "K\1\u0085"));
    bad.add(Pickles.tensor(Pickles.REBUILD_V2, "K\0", "N", "N"));
    String large = "\u008a\u0007\0\0\0\0\0\0\1";
    bad.add(Pickles.tensor(Pickles.REBUILD_V2, "K\0", large + "\u0085", "K\0\u0085"));
    bad.add(Pickles.tensor(Pickles.REBUILD_V2, "K\0", large + large + "\u0086", "K\0K\0\u0086"));
    bad.add(
        Pickles.tensor(
            Pickles.REBUILD_V2,
            "K\0",
            "K\2\u0085",
            "\u008a\u0008" + "\u007f".repeat(8) + "\u0085"));
    for (String pickle : bad) {
      Path path = Pickles.zip(folder, pickle + ".", Map.of("data/0", "12345678"));
      assertThatExceptionOfType(UserException.class)
          .isThrownBy(() -> TorchCheckpoint.open(path))
          .withMessageContaining("x.pt");
    }
    Path good =
        Pickles.zip(
            folder,
            Pickles.tensor(Pickles.REBUILD_V2, "K\0", "K\3K\2\u0086", "K\0K\1\u0086") + ".",
            Map.of("data/0", "12345678"));
    try (TorchCheckpoint checkpoint = TorchCheckpoint.open(good)) {
      assertThat(((HostTensor) checkpoint.root()).toBytes()).asString().hasSize(24);
    }
  }

  @Test
  void open_storagesDescribedBadly_areRefused() throws IOException {
    String two =
        Pickles.storage("torch\nFloatStorage", "0", 2)
            + Pickles.storage("torch\nIntStorage", "0", 2);
    for (String pickle :
        List.of(
            two + "\u0086.",
            Pickles.storage("torch\nFloatStorage", "0", 2) + ".",
            Pickles.storage("torch\nFloatStorage", "0", 3) + "0N.",
            Pickles.storage("torch\nFloatStorage", "../../version", 2) + "0N.",
            Pickles.storage("torch\nSize", "0", 2) + "0N.",
            "(" + Pickles.text("module") + "NNNNtQ.")) {
      Path path = Pickles.zip(folder, pickle, Map.of("data/0", "12345678", "version", "3\n"));
      assertThatExceptionOfType(UserException.class).isThrownBy(() -> TorchCheckpoint.open(path));
    }
  }

  @Test
  void open_zipsOfOtherPrograms_areRefused() throws IOException {
    for (Map<String, String> extra :
        List.of(Map.of("byteorder", "big"), Map.of("constants.pkl", "N."))) {
      Path path = Pickles.zip(folder, Pickles.PROTOCOL_2 + "}.", extra);
      assertThatExceptionOfType(UserException.class).isThrownBy(() -> TorchCheckpoint.open(path));
    }
    Path good = Pickles.zip(folder, Pickles.PROTOCOL_2 + "}.", Map.of("byteorder", "little"));
    try (TorchCheckpoint checkpoint = TorchCheckpoint.open(good)) {
      assertThat(checkpoint.tensors()).isEmpty();
      assertThatThrownBy(checkpoint::stateDict)
          .isInstanceOf(UserException.class)
          .hasMessageContaining("holds no weights");
    }
  }
}
