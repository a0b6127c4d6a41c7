package io.github.dar.engine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Packs TorchScript text and the constants of its module into the archive that libtorch loads: a
 * zip of four stored entries. No Python is needed to make it.
 */
final class TorchArchive {

  private static final String FOLDER = "kernel/";

  /** A pickled empty tuple: the text keeps its constants itself. */
  private static final byte[] NO_CONSTANTS = {(byte) 0x80, 2, ')', '.'};

  private TorchArchive() {}

  /**
   * @param source TorchScript text with a class {@code Kernel(Module)}
   * @param attributes the values of all its attributes: Boolean, Long, Double, or an empty Map or
   *     List
   * @return the archive's bytes
   */
  static byte[] pack(String source, Map<String, ?> attributes) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      store(zip, "data.pkl", pickleModule(attributes));
      store(zip, "code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
      store(zip, "constants.pkl", NO_CONSTANTS);
      store(zip, "version", "3\n".getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // not reached: the stream is memory
    }
    return bytes.toByteArray();
  }

  private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry(FOLDER + name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    entry.setTime(0);
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  /** Pickle protocol 2 of {@code Kernel.__new__()} with the attributes as its state. */
  private static byte[] pickleModule(Map<String, ?> attributes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(new byte[] {(byte) 0x80, 2});
    out.write("c__torch__\nKernel\n)".getBytes(StandardCharsets.US_ASCII));
    out.write(new byte[] {(byte) 0x81, '}', '('}); // NEWOBJ, then its state: a dict
    for (Map.Entry<String, ?> attribute : attributes.entrySet()) {
      byte[] name = attribute.getKey().getBytes(StandardCharsets.UTF_8);
      out.write('X');
      out.write(little(4).putInt(name.length).array());
      out.write(name);
      writeValue(out, attribute.getValue());
    }
    out.write("ub.".getBytes(StandardCharsets.US_ASCII));
    return out.toByteArray();
  }

  private static void writeValue(ByteArrayOutputStream out, Object value) throws IOException {
    if (value instanceof Boolean b) {
      out.write(b ? 0x88 : 0x89);
    } else if (value instanceof Long n) {
      out.write(new byte[] {(byte) 0x8a, 8}); // LONG1 of 8 bytes
      out.write(little(8).putLong(n).array());
    } else if (value instanceof Double d) {
      out.write('G');
      out.write(ByteBuffer.allocate(8).putDouble(d).array());
    } else if (value instanceof Map<?, ?> m && m.isEmpty()) {
      out.write('}');
    } else if (value instanceof java.util.List<?> l && l.isEmpty()) {
      out.write(']');
    } else {
      throw new IllegalArgumentException("no kernel attribute can hold " + value);
    }
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
