package io.github.dar.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dar.config.UserException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFileTest {

  private static final Clock CLOCK =
      Clock.fixed(Instant.ofEpochMilli(1_700_000_000_250L), ZoneOffset.UTC);

  @TempDir Path folder;

  @Test
  void scalars_written_areReadBack() throws IOException {
    try (EventFile events = EventFile.open(folder, CLOCK)) {
      events.scalars(300, Map.of("loss/total", 0.25));
      events.scalars(1L << 40, Map.of("größe", Double.NaN));
      events.resumedAt(5);
    }

    assertThat(events())
        .containsExactly(
            "time 1.70000000025E9; version brain.Event:2",
            "time 1.70000000025E9; step 300; loss/total = 0.25",
            "time 1.70000000025E9; step 1099511627776; größe = NaN",
            "time 1.70000000025E9; step 5; session 1");
  }

  @Test
  void open_again_appends() throws IOException {
    for (int i = 0; i < 3; i++) {
      try (EventFile events = EventFile.open(folder, CLOCK)) {
        events.scalars(i, Map.of("a", (double) i));
      }
    }

    assertThat(events()).hasSize(4);
    assertThat(events().get(3)).endsWith("step 2; a = 2.0");
  }

  @Test
  void open_afterATornRecord_cutsItOff() throws IOException {
    try (EventFile events = EventFile.open(folder, CLOCK)) {
      events.scalars(1, Map.of("a", 1.0));
      events.scalars(2, Map.of("a", 2.0));
    }
    byte[] whole = Files.readAllBytes(file());
    for (int cut : new int[] {1, 10, 30}) {
      Files.write(file(), Arrays.copyOf(whole, whole.length - cut));
      try (EventFile events = EventFile.open(folder, CLOCK)) {
        events.scalars(3, Map.of("a", 3.0));
      }

      assertThat(events()).hasSize(3);
      assertThat(events().get(2)).endsWith("step 3; a = 3.0");
    }
  }

  @Test
  void open_noEventFile_isRefusedAndKept() throws IOException {
    Files.writeString(file(), "something else that is long enough");

    assertThatThrownBy(() -> EventFile.open(folder, CLOCK))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(file() + " is not a TensorBoard event file");
    assertThat(file()).hasContent("something else that is long enough");
  }

  @Test
  void open_folderIsAFile_isNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("f"), "", StandardOpenOption.CREATE);

    assertThatThrownBy(() -> EventFile.open(file, CLOCK))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Can't write " + file);
  }

  @Test
  void maskedCrc_knownValue() {
    // The checksum of RFC 3720 B.4 for 32 zero bytes is 8a9136aa.
    int crc = 0x8a9136aa;
    int expected = (crc >>> 15 | crc << 17) + 0xa282ead8;
    assertThat(EventFile.maskedCrc(new byte[32], 0, 32)).isEqualTo(expected);
  }

  private Path file() {
    return folder.resolve(EventFile.NAME);
  }

  /** Each event as text; checks both checksums of each record. */
  private List<String> events() throws IOException {
    ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file())).order(ByteOrder.LITTLE_ENDIAN);
    List<String> events = new ArrayList<>();
    while (in.hasRemaining()) {
      int start = in.position();
      byte[] event = new byte[(int) in.getLong()];
      assertThat(in.getInt()).isEqualTo(EventFile.maskedCrc(in.array(), start, 8));
      in.get(event);
      assertThat(in.getInt()).isEqualTo(EventFile.maskedCrc(event, 0, event.length));
      events.add(event(ByteBuffer.wrap(event).order(ByteOrder.LITTLE_ENDIAN)));
    }
    return events;
  }

  private static String event(ByteBuffer in) {
    List<String> fields = new ArrayList<>();
    while (in.hasRemaining()) {
      int tag = (int) varint(in);
      fields.add(
          switch (tag) {
            case 1 << 3 | 1 -> "time " + in.getDouble();
            case 2 << 3 -> "step " + varint(in);
            case 3 << 3 | 2 -> "version " + StandardCharsets.UTF_8.decode(bytes(in));
            case 5 << 3 | 2 -> value(bytes(in));
            case 7 << 3 | 2 -> "session " + bytes(in).get(1);
            default -> throw new AssertionError("unexpected tag " + tag);
          });
    }
    return String.join("; ", fields);
  }

  private static String value(ByteBuffer summary) {
    assertThat(varint(summary)).isEqualTo(1 << 3 | 2);
    ByteBuffer value = bytes(summary);
    assertThat(varint(value)).isEqualTo(1 << 3 | 2);
    String tag = StandardCharsets.UTF_8.decode(bytes(value)).toString();
    assertThat(varint(value)).isEqualTo(2 << 3 | 5);
    return tag + " = " + value.getFloat();
  }

  private static ByteBuffer bytes(ByteBuffer in) {
    int length = (int) varint(in);
    ByteBuffer slice = in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN);
    in.position(in.position() + length);
    return slice;
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = in.get();
      value |= (long) (next & 127) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }
}
