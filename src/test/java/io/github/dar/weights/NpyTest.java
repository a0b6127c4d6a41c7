package io.github.dar.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dar.config.UserException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Arrays of numpy: every type, order and version; npz files whole and row by row. */
class NpyTest {

  private static final int HEADER = 128;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "f4, f4_c f4_fortran",
    "f8, f8_c f8_fortran",
    "i8, i8_c i8_fortran",
    "i4, i4_c i4_fortran",
    "u1, u1_c u1_fortran",
    "f2, f2_c f2_fortran",
    "b1, b1_c b1_fortran",
    "scalar, scalar",
    "empty, empty",
    "one_dim, one_dim",
    "big_endian_f4, big_endian_f4",
    "codes, codes",
    "version2, version2"
  })
  void read_filesOfNumpy_equalsReference(String expected, String files) {
    try (TensorFile reference = SafeTensors.open(Fixtures.path("npy/npy_expected.safetensors"))) {
      for (String file : files.split(" ")) {
        assertSame(
            Npy.read(Fixtures.path("npy/" + file + ".npy")), reference.get("npy." + expected));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"refuse_object", "refuse_truncated"})
  void open_objectsAndCutFiles_areRefused(String file) {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> Npy.open(Fixtures.path("npy/" + file + ".npy")))
        .withMessageContaining(file);
  }

  @ParameterizedTest
  @ValueSource(strings = {"images", "images_compressed", "images_fortran"})
  void open_npz_equalsReference(String file) {
    try (TensorFile reference = SafeTensors.open(Fixtures.path("npy/npy_expected.safetensors"));
        TensorFile npz = Npz.open(Fixtures.path("npy/" + file + ".npz"))) {
      HostTensor images = npz.get("arr_0");
      assertSame(images, reference.get("images"));
      assertSame(images.rows(4, 6), reference.get("images").rows(4, 6));
      assertSame(images.rows(0, 1), reference.get("images").rows(0, 1));
      if (file.endsWith("fortran")) {
        assertThat(npz.get("arr_1").toLongs()).containsExactly(0, 1, 2);
      }
    }
  }

  @Test
  void open_npzOfStatistics_equalsReference() {
    try (TensorFile reference = SafeTensors.open(Fixtures.path("npy/npy_expected.safetensors"));
        TensorFile npz = Npz.open(Fixtures.path("npy/statistics.npz"))) {
      assertThat(npz.names()).containsExactly("mu", "sigma", "mu_s", "sigma_s");
      npz.tensors().forEach((name, tensor) -> assertSame(tensor, reference.get(name)));
    }
  }

  @ParameterizedTest
  @CsvSource({"1, <i2", "3, <f8", "1, >i8", "2, >u2", "1, =u4", "1, >u4", "1, <u8", "1, |i1"})
  void read_headersOfOtherWriters_giveTheValues(int version, String descr) throws IOException {
    long[] values = {1, 2, 100, 4, 5, 6};
    int width = descr.charAt(2) - '0';
    ByteBuffer data =
        ByteBuffer.allocate(6 * width)
            .order(descr.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    for (long value : values) {
      switch (width) {
        case 1 -> data.put((byte) value);
        case 2 -> data.putShort((short) value);
        case 4 -> data.putInt((int) value);
        default -> {
          if (descr.contains("f")) {
            data.putDouble(value);
          } else {
            data.putLong(value);
          }
        }
      }
    }
    String dict = "{'shape': (3L, 2), 'fortran_order': True, 'descr': '" + descr + "'}\n";
    Path path = Files.write(folder.resolve("x.npy"), npy(version, dict, data.array()));
    HostTensor tensor = Npy.read(path);
    assertThat(tensor.shape()).containsExactly(3, 2);
    assertThat(tensor.toDoubles()).containsExactly(1, 4, 2, 5, 100, 6);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }",
        "{'descr': '<f4', 'fortran_order': False, }",
        "{'descr': '<f4', 'shape': (2,), }",
        "{'descr': '<f3', 'fortran_order': False, 'shape': (2,), }",
        "{'descr': '|f4', 'fortran_order': False, 'shape': (2,), }",
        "{'descr': '', 'fortran_order': False, 'shape': (2,), }",
        "{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }",
        "{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (2,), }",
        "{'descr': '<U2', 'fortran_order': False, 'shape': (1,), }",
        ""
      })
  void open_badHeaderOverEightBytes_isRefused(String dict) throws IOException {
    Path path = Files.write(folder.resolve("bad.npy"), npy(1, dict, new byte[8]));
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> Npy.open(path))
        .withMessageContaining("bad.npy");
  }

  @Test
  void open_anyPrefixOfAFile_isRefused() throws IOException {
    byte[] good = Files.readAllBytes(Fixtures.path("npy/f4_c.npy"));
    for (int length = 0; length < good.length; length++) {
      Path path = Files.write(folder.resolve("cut.npy"), Arrays.copyOf(good, length));
      assertThatExceptionOfType(UserException.class).isThrownBy(() -> Npy.open(path));
    }
    Path path = Files.write(folder.resolve("v9.npy"), npy(9, "", new byte[8]));
    assertThatExceptionOfType(UserException.class).isThrownBy(() -> Npy.open(path));
  }

  @ParameterizedTest
  @ValueSource(strings = {"f4", "f8", "i8", "u1", "f2", "i4", "b1"})
  void write_everyReferenceType_makesNumpysOwnFile(String type) throws IOException {
    Path reference = Fixtures.path("npy/" + type + "_c.npy");
    Path path = folder.resolve("x.npy");
    try (Npy npy = Npy.open(Fixtures.path("npy/" + type + "_fortran.npy"))) {
      Npy.write(path, npy.tensor());
    }
    assertThat(path).hasSameBinaryContentAs(reference);
  }

  @ParameterizedTest
  @ValueSource(strings = {"scalar", "empty", "one_dim", "codes"})
  void write_everyReferenceShape_makesNumpysOwnFile(String file) {
    Path reference = Fixtures.path("npy/" + file + ".npy");
    Path path = folder.resolve("x.npy");
    Npy.write(path, Npy.read(reference));
    assertThat(path).hasSameBinaryContentAs(reference);
  }

  @ParameterizedTest
  @EnumSource(names = {"BF16", "F8_E4M3", "F8_E5M2", "F8_E8M0", "C64"})
  void write_typesNumpyLacks_isRefused(DType dtype) {
    HostTensor tensor = HostTensor.wrap(dtype, ByteBuffer.allocate(dtype.bytes()));
    assertThatThrownBy(() -> Npy.write(folder.resolve("x.npy"), tensor))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("convert it first");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void npzWriter_wholeAndRowByRow_roundTrips(boolean deflated) {
    Path path = folder.resolve("x.npz");
    byte[] pixels = new byte[50 * 64 * 64 * 3];
    new Random(2).nextBytes(pixels);
    HostTensor images = HostTensor.of(pixels, 50, 64, 64, 3);
    HostTensor scalar = HostTensor.of(new double[] {0.5});
    HostTensor empty = HostTensor.of(new float[0], 0, 4);
    HostTensor noColumns = HostTensor.of(new float[0], 4, 0);
    try (NpzWriter npz = deflated ? NpzWriter.deflated(path) : NpzWriter.stored(path)) {
      npz.write("scalar", scalar);
      npz.begin("arr_0", DType.U8, 50, 64, 64, 3);
      npz.append(images.rows(0, 7));
      npz.append(images.rows(7, 7));
      npz.append(images.rows(7, 50));
      npz.write("empty", empty);
      npz.begin("no_columns", DType.F32, 4, 0);
      npz.append(noColumns);
      npz.commit();
    }
    try (TensorFile npz = Npz.open(path)) {
      assertThat(npz.names()).containsExactly("scalar", "arr_0", "empty", "no_columns");
      assertSame(npz.get("scalar"), scalar);
      assertSame(npz.get("arr_0"), images);
      assertSame(npz.get("arr_0").rows(49, 50), images.rows(49, 50));
      assertSame(npz.get("arr_0").rows(2, 3), images.rows(2, 3));
      assertSame(npz.get("empty"), empty);
      assertSame(npz.get("no_columns"), noColumns);
    }
  }

  @Test
  void npzWriter_sameArrays_makeTheSameBytes() throws IOException {
    Path first = folder.resolve("1.npz");
    Path second = folder.resolve("2.npz");
    for (Path path : new Path[] {first, second}) {
      try (NpzWriter npz = NpzWriter.deflated(path)) {
        npz.write("x", HostTensor.of(new float[1000], 1000));
        npz.commit();
      }
    }
    assertThat(Files.readAllBytes(first)).isEqualTo(Files.readAllBytes(second));
  }

  @Test
  void npzWriter_missingOrSurplusRows_isRefusedAndLeavesNothing() throws IOException {
    HostTensor rows = HostTensor.of(new float[6], 3, 2);
    try (NpzWriter npz = NpzWriter.stored(folder.resolve("x.npz"))) {
      assertThatThrownBy(() -> npz.append(rows)).isInstanceOf(IllegalStateException.class);
      npz.begin("a", DType.F32, 4, 2);
      npz.append(rows);
      assertThatThrownBy(() -> npz.append(rows)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> npz.append(rows.reshape(2, 3)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> npz.begin("a", DType.F32, 1))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(npz::commit)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("a lacks its last 1 rows");
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void open_damagedCompressedData_isRefusedWhenRead() throws IOException {
    byte[] bytes = Files.readAllBytes(Fixtures.path("npy/images_compressed.npz"));
    bytes[9000] ^= 0x55;
    Path path = Files.write(folder.resolve("damaged.npz"), bytes);
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(
            () -> {
              try (TensorFile npz = Npz.open(path)) {
                npz.get("arr_0").toBytes();
              }
            })
        .withMessageContaining("damaged.npz");
  }

  @Test
  void open_cutOrOtherFiles_areRefused() throws IOException {
    byte[] bytes = Files.readAllBytes(Fixtures.path("npy/statistics.npz"));
    for (int length = 0; length < bytes.length; length += 50) {
      Path path = Files.write(folder.resolve("cut.npz"), Arrays.copyOf(bytes, length));
      assertThatExceptionOfType(UserException.class).isThrownBy(() -> Npz.open(path));
    }
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> Npz.open(Fixtures.path("checkpoints/bf16.pt")))
        .withMessageContaining("no npy array");
  }

  private static void assertSame(HostTensor actual, HostTensor expected) {
    assertThat(actual).hasToString(expected.toString());
    assertThat(actual.toBytes()).isEqualTo(expected.toBytes());
  }

  private static byte[] npy(int version, String dict, byte[] data) throws IOException {
    byte[] text = dict.getBytes(StandardCharsets.ISO_8859_1);
    ByteArrayOutputStream out = new ByteArrayOutputStream(HEADER + data.length);
    out.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
    out.write(text.length);
    out.write(text.length >> 8);
    if (version > 1) {
      out.write(new byte[2]);
    }
    out.write(text);
    out.write(data);
    return out.toByteArray();
  }
}
