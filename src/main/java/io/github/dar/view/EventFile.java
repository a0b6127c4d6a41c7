package io.github.dar.view;

import io.github.dar.config.UserException;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Scalars for TensorBoard: a file of records, each {@code length, crc, bytes, crc}, whose bytes are
 * an {@code Event} of TensorFlow's event.proto. Four field types are all it takes, so they are
 * encoded here by hand.
 */
public final class EventFile implements Closeable {

  /** TensorBoard looks for {@code tfevents} in the name. */
  public static final String NAME = "events.out.tfevents.dar";

  private static final int WIRE_VARINT = 0;
  private static final int WIRE_FIXED64 = 1;
  private static final int WIRE_BYTES = 2;
  private static final int WIRE_FIXED32 = 5;

  /** Record length and its checksum before the bytes, their checksum after. */
  private static final int HEAD = 12;

  private static final int TAIL = 4;

  private final Path file;
  private final FileChannel channel;
  private final Clock clock;

  private EventFile(Path file, FileChannel channel, Clock clock) {
    this.file = file;
    this.channel = channel;
    this.clock = clock;
  }

  /**
   * Opens the event file of a run, going on after what is there. A record that an interrupted run
   * left half written is cut off: TensorBoard would read nothing after it.
   *
   * @throws UserException where the file can't be written or isn't an event file
   */
  public static EventFile open(Path folder, Clock clock) {
    Path file = folder.resolve(NAME);
    try {
      Files.createDirectories(folder);
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      EventFile events = new EventFile(file, channel, clock);
      long end = wholeRecords(channel);
      if (end == 0 && channel.size() > HEAD) {
        channel.close();
        throw new UserException(
            file + " is not a TensorBoard event file; move it away or choose another folder");
      }
      channel.truncate(end).position(end);
      if (end == 0) {
        events.write(new Message().bytes(3, "brain.Event:2".getBytes(StandardCharsets.UTF_8)));
      }
      return events;
    } catch (IOException e) {
      throw new UserException("Can't write " + file + ": " + e.getMessage(), e);
    }
  }

  /** The values of one step, by name; {@code loss/total} and {@code loss/vq} become one group. */
  public void scalars(long step, Map<String, Double> values) {
    Message summary = new Message();
    values.forEach(
        (tag, value) ->
            summary.bytes(
                1,
                new Message()
                    .bytes(1, tag.getBytes(StandardCharsets.UTF_8))
                    .fixed32(2, value.floatValue())
                    .toBytes()));
    write(new Message().varint(2, step).bytes(5, summary.toBytes()));
  }

  /** Says that the run went back to this step: TensorBoard drops what it had from there on. */
  public void resumedAt(long step) {
    byte[] sessionStart = new Message().varint(1, 1).toBytes();
    write(new Message().varint(2, step).bytes(7, sessionStart));
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UserException("Can't close " + file + ": " + e.getMessage(), e);
    }
  }

  private void write(Message fields) {
    byte[] event = new Message().fixed64(1, clock.millis() / 1e3).append(fields).toBytes();
    ByteBuffer record =
        ByteBuffer.allocate(HEAD + event.length + TAIL).order(ByteOrder.LITTLE_ENDIAN);
    record.putLong(event.length).putInt(maskedCrc(record.array(), 0, Long.BYTES));
    record.put(event).putInt(maskedCrc(event, 0, event.length)).flip();
    try {
      while (record.hasRemaining()) {
        channel.write(record);
      }
    } catch (IOException e) {
      throw new UserException(
          "Can't write " + file + ": " + e.getMessage() + "; is the disk full?", e);
    }
  }

  /** Where the last record ends that is there whole. */
  private static long wholeRecords(FileChannel channel) throws IOException {
    long end = 0;
    ByteBuffer head = ByteBuffer.allocate(HEAD).order(ByteOrder.LITTLE_ENDIAN);
    while (channel.size() - end >= HEAD + TAIL) {
      channel.read(head.clear(), end);
      long length = head.getLong(0);
      boolean whole = length >= 0 && length <= channel.size() - end - HEAD - TAIL;
      if (!whole || head.getInt(Long.BYTES) != maskedCrc(head.array(), 0, Long.BYTES)) {
        break;
      }
      end += HEAD + length + TAIL;
    }
    return end;
  }

  /** As TFRecord masks it, so that a checksum of data that holds checksums stays a good one. */
  static int maskedCrc(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
  }

  /** A protobuf message being written, field by field. */
  private static final class Message {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Message varint(int field, long value) {
      tag(field, WIRE_VARINT);
      varint(value);
      return this;
    }

    Message fixed64(int field, double value) {
      tag(field, WIRE_FIXED64);
      out.writeBytes(littleEndian(8).putDouble(value).array());
      return this;
    }

    Message fixed32(int field, float value) {
      tag(field, WIRE_FIXED32);
      out.writeBytes(littleEndian(4).putFloat(value).array());
      return this;
    }

    Message bytes(int field, byte[] value) {
      tag(field, WIRE_BYTES);
      varint(value.length);
      out.writeBytes(value);
      return this;
    }

    Message append(Message fields) {
      out.writeBytes(fields.toBytes());
      return this;
    }

    byte[] toBytes() {
      return out.toByteArray();
    }

    private void tag(int field, int wireType) {
      varint(field << 3 | wireType);
    }

    private void varint(long value) {
      long rest = value;
      while ((rest & ~0x7fL) != 0) {
        out.write((int) (rest & 0x7f | 0x80));
        rest >>>= 7;
      }
      out.write((int) rest);
    }

    private static ByteBuffer littleEndian(int size) {
      return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
  }
}
