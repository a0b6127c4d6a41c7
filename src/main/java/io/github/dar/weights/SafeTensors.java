package io.github.dar.weights;

import io.github.dar.config.UserException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * The safetensors format: 8 bytes with the length of a JSON header, the header ({@code name ->
 * dtype, shape, data_offsets}), then the tensors' bytes one after the other without a gap.
 */
public final class SafeTensors {

  /** Large enough for the disk, small enough for the processor's cache. */
  private static final int PIECE = 4 << 20;

  private SafeTensors() {}

  /**
   * Opens a file, reading nothing but its header, which is checked as strictly as the format's own
   * library does: every byte belongs to exactly one tensor.
   */
  public static TensorFile open(Path file) {
    FileChannel channel = null;
    boolean opened = false;
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ);
      Content content = read(file, new FileBytes(file, channel, 0, channel.size()));
      opened = true;
      return new OpenTensorFile(file, channel, content.tensors(), content.metadata());
    } catch (IOException e) {
      throw Failures.unreadable(file, e);
    } finally {
      if (!opened) {
        Failures.closeAfterFailure(channel);
      }
    }
  }

  /**
   * Reads a file that lies in memory: one that ships inside the program.
   *
   * @param name names it in messages
   */
  public static Map<String, HostTensor> parse(Path name, byte[] content) {
    return read(name, new MemoryBytes(ByteBuffer.wrap(content))).tensors();
  }

  private record Content(Map<String, HostTensor> tensors, Map<String, String> metadata) {}

  private static Content read(Path file, ByteSource all) {
    long fileSize = all.size();
    if (fileSize < Long.BYTES) {
      throw broken(file, "it has " + fileSize + " bytes, fewer than the shortest header");
    }
    long headerSize = all.slice(0, Long.BYTES).getLong();
    if (headerSize < 2 || headerSize > SafeTensorsHeader.MAX_SIZE) {
      throw broken(file, "it claims a header of " + Long.toUnsignedString(headerSize) + " bytes");
    }
    long dataStart = Long.BYTES + headerSize;
    if (dataStart > fileSize) {
      throw broken(
          file, "it ends within its header, after " + fileSize + " of " + dataStart + " bytes");
    }
    SafeTensorsHeader header;
    try {
      header = SafeTensorsHeader.parse(all.slice(Long.BYTES, (int) headerSize));
      header.check(fileSize - dataStart);
    } catch (SafeTensorsHeader.InvalidException e) {
      throw broken(file, e.getMessage());
    }
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    for (SafeTensorsHeader.Entry entry : header.entries()) {
      ByteSource data = all.part(dataStart + entry.begin(), entry.end() - entry.begin());
      tensors.put(entry.name(), HostTensor.of(entry.dtype(), data, entry.shape()));
    }
    return new Content(tensors, header.metadata());
  }

  private static UserException broken(Path file, String reason) {
    return new UserException(
        file + " is not a complete safetensors file: " + reason + "; copy or download it again");
  }

  /**
   * Writes a file: aside first, then put in place in one step, so that a failure leaves the old
   * file as it was. Names keep their order; the data is ordered by element size, which aligns all
   * of it.
   *
   * @param tensors read one after the other, each a piece at a time
   * @param metadata free text about the file
   */
  public static void write(
      Path file, Map<String, HostTensor> tensors, Map<String, String> metadata) {
    write(file, tensors, metadata, bytes -> {});
  }

  /**
   * The same with a report after each tensor.
   *
   * @param written is told how many bytes were added
   */
  public static void write(
      Path file,
      Map<String, HostTensor> tensors,
      Map<String, String> metadata,
      LongConsumer written) {
    List<SafeTensorsHeader.Entry> entries = SafeTensorsHeader.layout(tensors);
    byte[] json = new SafeTensorsHeader(entries, metadata).toJson();
    ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
    try (AtomicFile aside = AtomicFile.create(file)) {
      ByteBuffer head =
          ByteBuffer.allocate(Long.BYTES + json.length).order(ByteOrder.LITTLE_ENDIAN);
      head.putLong(json.length).put(json).flip();
      while (head.hasRemaining()) {
        aside.channel().write(head);
      }
      for (SafeTensorsHeader.Entry entry : SafeTensorsHeader.byOffset(entries)) {
        tensors.get(entry.name()).writeTo(aside.channel(), piece);
        written.accept(entry.end() - entry.begin());
      }
      aside.commit();
    } catch (IOException e) {
      throw Failures.unwritable(file, e);
    } catch (UncheckedIOException e) {
      throw Failures.unwritable(file, e.getCause());
    }
  }

  /** Tensors over one open channel. */
  record OpenTensorFile(
      Path file, FileChannel channel, Map<String, HostTensor> tensors, Map<String, String> metadata)
      implements TensorFile {

    OpenTensorFile {
      tensors = Collections.unmodifiableMap(tensors);
      metadata = Collections.unmodifiableMap(metadata);
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw Failures.unreadable(file, e);
      }
    }
  }
}
