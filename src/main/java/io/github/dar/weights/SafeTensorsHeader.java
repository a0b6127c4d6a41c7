package io.github.dar.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The JSON header of a safetensors file.
 *
 * @param entries in the order of the header
 * @param metadata free text about the file
 */
record SafeTensorsHeader(List<Entry> entries, Map<String, String> metadata) {

  /** The limit of the format's own library. */
  static final int MAX_SIZE = 100_000_000;

  private static final String METADATA = "__metadata__";

  /**
   * Where a tensor lies.
   *
   * @param begin of the first byte, counted from the end of the header
   * @param end after the last byte
   */
  record Entry(String name, DType dtype, long[] shape, long begin, long end) {}

  /** What is wrong with a header; the caller knows which file it is. */
  static final class InvalidException extends Exception {
    InvalidException(String message) {
      super(message);
    }
  }

  /** Lays tensors out without gaps, the widest elements first so that all are aligned. */
  static List<Entry> layout(Map<String, HostTensor> tensors) {
    List<String> names = new ArrayList<>(tensors.keySet());
    names.sort(Comparator.comparingInt(name -> -tensors.get(name).dtype().bytes()));
    Map<String, Entry> placed = new LinkedHashMap<>();
    long at = 0;
    for (String name : names) {
      HostTensor tensor = tensors.get(name);
      long end = Math.addExact(at, tensor.byteSize());
      placed.put(name, new Entry(name, tensor.dtype(), tensor.shape(), at, end));
      at = end;
    }
    return tensors.keySet().stream().map(placed::get).toList();
  }

  static List<Entry> byOffset(List<Entry> entries) {
    return entries.stream()
        .sorted(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end))
        .toList();
  }

  /** Checks that every byte of the data belongs to exactly one tensor of the right size. */
  void check(long dataSize) throws InvalidException {
    long at = 0;
    for (Entry entry : byOffset(entries)) {
      if (entry.begin != at || entry.end < entry.begin) {
        throw new InvalidException(
            "tensor "
                + entry.name
                + " lies at bytes "
                + entry.begin
                + " to "
                + entry.end
                + " of the data, which should start at "
                + at);
      }
      if (entry.end - entry.begin != expectedSize(entry)) {
        throw new InvalidException(
            "tensor "
                + entry.name
                + " has "
                + (entry.end - entry.begin)
                + " bytes, but "
                + entry.dtype
                + Arrays.toString(entry.shape)
                + " takes "
                + expectedSize(entry));
      }
      at = entry.end;
    }
    if (at != dataSize) {
      throw new InvalidException(
          "its header promises " + at + " bytes of data, the file has " + dataSize);
    }
  }

  private static long expectedSize(Entry entry) throws InvalidException {
    try {
      return Math.multiplyExact(HostTensor.elements(entry.shape), entry.dtype.bytes());
    } catch (ArithmeticException e) {
      throw new InvalidException("tensor " + entry.name + " is too large");
    }
  }

  /** Returns the header, padded with spaces so that the data after it starts at 8 bytes. */
  byte[] toJson() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectFieldStart(METADATA);
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
          json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
      }
      for (Entry entry : entries) {
        if (entry.name.equals(METADATA)) {
          throw new IllegalArgumentException("a tensor can't be called " + METADATA);
        }
        json.writeObjectFieldStart(entry.name);
        json.writeStringField("dtype", entry.dtype.name());
        json.writeFieldName("shape");
        json.writeArray(entry.shape, 0, entry.shape.length);
        json.writeFieldName("data_offsets");
        json.writeArray(new long[] {entry.begin, entry.end}, 0, 2);
        json.writeEndObject();
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    while (out.size() % 8 != 0) {
      out.write(' ');
    }
    if (out.size() > MAX_SIZE) {
      throw new IllegalArgumentException("too many tensors for a safetensors header");
    }
    return out.toByteArray();
  }

  static SafeTensorsHeader parse(ByteBuffer bytes) throws InvalidException {
    if (bytes.get(bytes.position()) != '{') {
      throw new InvalidException("its header does not start with a brace");
    }
    try {
      // Decoded here because the parser would guess other encodings than UTF-8.
      String text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      JsonFactory factory =
          JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
      try (JsonParser json = factory.createParser(text)) {
        return parse(json);
      }
    } catch (CharacterCodingException e) {
      throw new InvalidException("its header is not UTF-8");
    } catch (JsonProcessingException e) {
      throw new InvalidException("its header is not valid JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory", e);
    }
  }

  private static SafeTensorsHeader parse(JsonParser json) throws IOException, InvalidException {
    expect(json.nextToken(), JsonToken.START_OBJECT, "the header");
    List<Entry> entries = new ArrayList<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    String name;
    while ((name = json.nextFieldName()) != null) {
      expect(json.nextToken(), JsonToken.START_OBJECT, name);
      if (name.equals(METADATA)) {
        String key;
        while ((key = json.nextFieldName()) != null) {
          expect(json.nextToken(), JsonToken.VALUE_STRING, METADATA + " " + key);
          metadata.put(key, json.getText());
        }
      } else {
        entries.add(entry(name, json));
      }
    }
    if (json.nextToken() != null) {
      throw new InvalidException("its header goes on after its end");
    }
    return new SafeTensorsHeader(List.copyOf(entries), metadata);
  }

  private static Entry entry(String name, JsonParser json) throws IOException, InvalidException {
    DType dtype = null;
    long[] shape = null;
    long[] offsets = null;
    String field;
    while ((field = json.nextFieldName()) != null) {
      json.nextToken();
      switch (field) {
        case "dtype" -> {
          expect(json.currentToken(), JsonToken.VALUE_STRING, name + " dtype");
          String text = json.getText();
          dtype =
              DType.ofSafeTensors(text)
                  .orElseThrow(
                      () -> new InvalidException("tensor " + name + " has unknown dtype " + text));
        }
        case "shape" -> shape = longs(json, name);
        case "data_offsets" -> offsets = longs(json, name);
        default -> throw new InvalidException("tensor " + name + " has unknown field " + field);
      }
    }
    if (dtype == null || shape == null || offsets == null || offsets.length != 2) {
      throw new InvalidException("tensor " + name + " lacks dtype, shape or two data_offsets");
    }
    return new Entry(name, dtype, shape, offsets[0], offsets[1]);
  }

  private static long[] longs(JsonParser json, String name) throws IOException, InvalidException {
    expect(json.currentToken(), JsonToken.START_ARRAY, name);
    List<Long> values = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      expect(json.currentToken(), JsonToken.VALUE_NUMBER_INT, name);
      // Reports numbers beyond 2^63 as invalid.
      long value = json.getLongValue();
      if (value < 0) {
        throw new InvalidException("tensor " + name + " has a negative size or offset " + value);
      }
      values.add(value);
    }
    return values.stream().mapToLong(Long::longValue).toArray();
  }

  private static void expect(JsonToken found, JsonToken expected, String where)
      throws InvalidException {
    if (found != expected) {
      throw new InvalidException(
          "its header has " + found + " instead of " + expected + " at " + where);
    }
  }
}
