package io.github.dar.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/** A file of reference tensors (safetensors), read without the program's own reader. */
final class Reference {

  private final byte[] file;
  private final int dataStart;
  private final JsonNode header;

  private Reference(byte[] file) throws IOException {
    this.file = file;
    long headerLength = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
    this.dataStart = 8 + (int) headerLength;
    this.header =
        new ObjectMapper()
            .readTree(new String(file, 8, (int) headerLength, StandardCharsets.UTF_8));
  }

  /** Opens {@code images/NAME.safetensors}. */
  static Reference open(String name) {
    try {
      return new Reference(resource("images/" + name + ".safetensors"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A test resource beside this class. */
  static byte[] resource(String name) {
    try (InputStream in = Reference.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One of the reference's input pictures. */
  static RgbImage picture(String name) {
    return ImageFiles.decode(resource("images/" + name + ".png"), name);
  }

  List<String> names() {
    Iterable<String> names = header::fieldNames;
    return StreamSupport.stream(names.spliterator(), false)
        .filter(name -> !name.equals("__metadata__"))
        .toList();
  }

  byte[] bytes(String name) {
    JsonNode offsets = header.path(name).path("data_offsets");
    return Arrays.copyOfRange(
        file, dataStart + offsets.path(0).asInt(), dataStart + offsets.path(1).asInt());
  }

  int[] shape(String name) {
    JsonNode shape = header.path(name).path("shape");
    return IntStream.range(0, shape.size()).map(i -> shape.path(i).asInt()).toArray();
  }

  float[] floats(String name) {
    ByteBuffer bytes = ByteBuffer.wrap(bytes(name)).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[bytes.capacity() / Float.BYTES];
    bytes.asFloatBuffer().get(values);
    return values;
  }

  long[] longs(String name) {
    ByteBuffer bytes = ByteBuffer.wrap(bytes(name)).order(ByteOrder.LITTLE_ENDIAN);
    long[] values = new long[bytes.capacity() / Long.BYTES];
    bytes.asLongBuffer().get(values);
    return values;
  }

  /** A tensor of [height, width, 3] bytes. */
  RgbImage image(String name) {
    int[] shape = shape(name);
    return new RgbImage(shape[1], shape[0], bytes(name));
  }
}
