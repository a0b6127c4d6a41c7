package io.github.dar.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dar.config.UserException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of the safetensors format: round trips, broken headers, size, atomicity. */
class SafeTensorsTest {

  @TempDir Path folder;

  @Test
  void open_filesOfAnotherWriter_readsNamesTypesShapesAndValues() {
    try (TensorFile file = SafeTensors.open(Fixtures.path("npy/npy_expected.safetensors"))) {
      assertThat(file.names()).contains("images", "npy.empty", "npy.scalar", "npy.codes");
      assertThat(file.get("images")).hasToString("U8[6, 32, 32, 3]");
      assertThat(file.get("npy.empty").shape()).containsExactly(0, 4);
      assertThat(file.get("npy.scalar").toDoubles()).hasSize(1);
      assertThat(file.get("npy.f2").toFloats()).hasSize(60);
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void write_everyType_roundTripsInOrder(DType dtype) {
    Path path = folder.resolve("all.safetensors");
    byte[] raw = new byte[6 * dtype.bytes()];
    new Random(5).nextBytes(raw);
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    tensors.put("odd", HostTensor.of(new byte[] {1, 2, 3}, 3));
    tensors.put("z", HostTensor.wrap(dtype, ByteBuffer.wrap(raw), 2, 1, 3));
    tensors.put("empty", HostTensor.wrap(dtype, ByteBuffer.allocate(0), 4, 0));
    tensors.put("größe ✓ \"x\"", HostTensor.of(new long[] {-7}));

    SafeTensors.write(path, tensors, Map.of("format", "pt", "text", "a\nb"));

    try (TensorFile file = SafeTensors.open(path)) {
      assertThat(file.names()).containsExactlyElementsOf(tensors.keySet());
      assertThat(file.metadata()).isEqualTo(Map.of("format", "pt", "text", "a\nb"));
      tensors.forEach(
          (name, tensor) -> {
            assertThat(file.get(name)).hasToString(tensor.toString());
            assertThat(file.get(name).toBytes()).isEqualTo(tensor.toBytes());
          });
    }
  }

  @Test
  void write_mixedWidths_alignsHeaderAndEveryTensor() throws IOException {
    Path path = folder.resolve("aligned.safetensors");
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    tensors.put("a", HostTensor.of(new byte[] {1}, 1));
    tensors.put("b", HostTensor.of(new float[] {1, 2, 3}, 3));
    tensors.put("c", HostTensor.of(new double[] {1}, 1));
    SafeTensors.write(path, tensors, Map.of());

    ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
    int header = (int) file.getLong();
    assertThat(header % 8).isZero();
    assertThat(StandardCharsets.UTF_8.decode(file.slice(8, header)).toString().strip())
        .isEqualTo(
            "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[20,21]},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[8,20]},"
                + "\"c\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}}");
  }

  @Test
  void write_noTensors_roundTrips() {
    Path path = folder.resolve("none.safetensors");
    SafeTensors.write(path, Map.of(), Map.of());
    try (TensorFile file = SafeTensors.open(path)) {
      assertThat(file.names()).isEmpty();
    }
  }

  @Test
  void write_sourceFailsHalfWay_keepsOldFileAndLeavesNothing() throws IOException {
    Path path = folder.resolve("kept.safetensors");
    SafeTensors.write(path, Map.of("old", HostTensor.of(new float[] {1}, 1)), Map.of());
    byte[] before = Files.readAllBytes(path);
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    tensors.put("good", HostTensor.of(new float[] {1, 2}, 2));
    tensors.put("bad", HostTensor.of(DType.F32, new FailingBytes(40_000_000), 10_000_000));

    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> SafeTensors.write(path, tensors, Map.of()))
        .withMessageContaining("kept.safetensors")
        .withMessageContaining("No space left");

    assertThat(Files.readAllBytes(path)).isEqualTo(before);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(path);
    }
  }

  @Test
  void write_ontoTheFileBeingRead_works() {
    Path path = folder.resolve("same.safetensors");
    SafeTensors.write(path, Map.of("w", HostTensor.of(new float[100_000], 100_000)), Map.of());
    try (TensorFile file = SafeTensors.open(path)) {
      SafeTensors.write(path, Map.of("w", file.get("w").toBf16()), Map.of());
      assertThat(file.get("w").dtype()).isEqualTo(DType.F32);
    }
    try (TensorFile file = SafeTensors.open(path)) {
      assertThat(file.get("w")).hasToString("BF16[100000]");
    }
  }

  @Test
  void write_folderMissing_saysSo() {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> SafeTensors.write(folder.resolve("no/x.safetensors"), Map.of(), Map.of()))
        .withMessageContaining("folder does not exist");
  }

  @Test
  void open_fileMissing_saysSo() {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> SafeTensors.open(folder.resolve("no.safetensors")))
        .withMessageContaining("does not exist");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{",
        "{}x",
        "{\"a\":1}",
        "{\"a\":{}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}",
        "{\"a\":{\"dtype\":\"F4\",\"shape\":[8],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":3,\"shape\":[1],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"extra\":1}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387905],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}",
        "{\"__metadata__\":{\"x\":1},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}"
      })
  void open_badHeaderOverFourBytes_isRefused(String header) throws IOException {
    Path path = file("bad.safetensors", header, 4);
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> SafeTensors.open(path))
        .withMessageContaining("bad.safetensors");
  }

  @ParameterizedTest
  @CsvSource({"0,4, 0,4, 4", "0,4, 2,6, 6", "0,4, 8,12, 12", "0,4, 4,8, 9", "0,4, 4,8, 7"})
  void open_overlapsGapsAndTrailingBytes_areRefused(
      int begin1, int end1, int begin2, int end2, int data) throws IOException {
    String header =
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[%d,%d]},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[%d,%d]}}";
    Path path = file("bad.safetensors", header.formatted(begin1, end1, begin2, end2), data);
    assertThatExceptionOfType(UserException.class).isThrownBy(() -> SafeTensors.open(path));
  }

  @Test
  void open_duplicatedName_isRefused() throws IOException {
    String a = "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}";
    Path path = file("bad.safetensors", "{" + a + "," + a + "}", 4);
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> SafeTensors.open(path))
        .withMessageContaining("Duplicate field 'a'");
  }

  @Test
  void open_absurdHeaderLengths_areRefused() throws IOException {
    for (long length : new long[] {-1, 0, 1, 5, 100_000_001, Long.MAX_VALUE, Long.MIN_VALUE}) {
      Path path = folder.resolve("length.safetensors");
      ByteBuffer bytes = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN);
      Files.write(path, bytes.putLong(length).put((byte) '{').put((byte) '}').array());
      assertThatExceptionOfType(UserException.class).isThrownBy(() -> SafeTensors.open(path));
    }
  }

  @Test
  void open_anyPrefixOrFlippedByte_neverFailsOtherwiseThanPolitely() throws IOException {
    Path path = folder.resolve("fuzz.safetensors");
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    tensors.put("a", HostTensor.of(new float[] {1, 2, 3}, 3));
    tensors.put("b", HostTensor.of(new long[] {1, 2}, 1, 2));
    SafeTensors.write(path, tensors, Map.of("k", "v"));
    byte[] good = Files.readAllBytes(path);
    Random random = new Random(1);
    List<byte[]> bad = new ArrayList<>();
    for (int i = 0; i < good.length; i++) {
      bad.add(java.util.Arrays.copyOf(good, i));
      byte[] flipped = good.clone();
      flipped[i] = (byte) random.nextInt();
      bad.add(flipped);
    }
    for (byte[] bytes : bad) {
      Files.write(path, bytes);
      try (TensorFile file = SafeTensors.open(path)) {
        file.tensors().values().forEach(HostTensor::toBytes);
        assertThat(bytes).hasSameSizeAs(good);
      } catch (UserException e) {
        assertThat(e).hasMessageContaining("fuzz.safetensors");
      }
    }
  }

  @Test
  void open_beyondTwoGigabytes_readsSlicesAnywhere() throws IOException {
    long elements = 590_000_000L;
    Path path = folder.resolve("large.safetensors");
    String header =
        "{\"large\":{\"dtype\":\"F32\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
            .formatted(elements, 4 * elements);
    Files.write(path, header(header));
    long data = Files.size(path);
    try (RandomAccessFile sparse = new RandomAccessFile(path.toFile(), "rw")) {
      sparse.setLength(data + 4 * elements);
      sparse.seek(data + 4 * elements - 4);
      sparse.write(new byte[] {0, 0, 0x20, 0x41});
    }
    try (TensorFile file = SafeTensors.open(path)) {
      HostTensor large = file.get("large");
      assertThat(large.byteSize()).isEqualTo(4 * elements);
      assertThat(large.slice(4 * elements - 8, 8).getFloat(4)).isEqualTo(10f);
      assertThat(large.slice(4 * elements - 1_000_000, 1_000_000).getFloat(999_996)).isEqualTo(10f);
      assertThat(large.rows(elements - 2, elements).toFloats()).containsExactly(0f, 10f);
      assertThat(large.toBf16().slice(2 * elements - 2, 2).getShort()).isEqualTo((short) 0x4120);
      assertThatThrownBy(large::bytes).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void close_thenReading_saysThatItIsClosed() {
    TensorFile file = SafeTensors.open(Fixtures.path("npy/npy_expected.safetensors"));
    file.close();
    assertThatThrownBy(() -> file.get("images").toBytes())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  private Path file(String name, String header, int dataBytes) throws IOException {
    byte[] head = header(header);
    return Files.write(
        folder.resolve(name), java.util.Arrays.copyOf(head, head.length + dataBytes));
  }

  private static byte[] header(String json) {
    byte[] text = json.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + text.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(text.length)
        .put(text)
        .array();
  }

  /** A disk that fills up after some megabytes. */
  private record FailingBytes(long size) implements ByteSource {
    @Override
    public ByteBuffer slice(long offset, int length) {
      if (offset > 0) {
        throw new UncheckedIOException(new IOException("No space left on device"));
      }
      return ByteBuffer.allocate(length).asReadOnlyBuffer();
    }
  }
}
