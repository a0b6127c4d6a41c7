package io.github.dar.weights;

import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * A stack machine that reads Python's pickles, protocols 2 to 5, as far as {@code torch.save}
 * writes them. It runs nothing: the only names it knows are those of {@link PickleNames}.
 *
 * <p>Lists become {@link ArrayList}, tuples unmodifiable lists, dicts {@link LinkedHashMap}, None
 * null, ints {@link Long} or {@link BigInteger}, floats {@link Double}; tensors are {@link
 * TorchTensor}. {@link PickleTree} makes a tree of the result.
 */
final class Unpickler {

  /** Real checkpoints take some hundred thousand; this bounds the memory of a hostile one. */
  private static final int MOST_STEPS = 10_000_000;

  private static final int MOST_INT_BYTES = 1024;

  private final ByteBuffer in;
  private final List<Object> stack = new ArrayList<>();
  private final Deque<Integer> marks = new ArrayDeque<>();
  private final Map<Long, Object> memo = new HashMap<>();
  private final Map<String, TorchStorage> storages = new LinkedHashMap<>();

  /**
   * @param in starts with a pickle; afterwards its position is behind it
   */
  Unpickler(ByteBuffer in) {
    this.in = in.order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Returns all storages the pickle refers to, by key. */
  Map<String, TorchStorage> storages() {
    return storages;
  }

  Object load() throws PickleException {
    try {
      for (int steps = 0; steps < MOST_STEPS; steps++) {
        int opcode = Byte.toUnsignedInt(in.get());
        if (opcode == '.') {
          return pop();
        }
        step(opcode);
      }
      throw new PickleException("it has more than " + MOST_STEPS + " steps");
    } catch (BufferUnderflowException e) {
      throw new PickleException("it ends too early");
    }
  }

  private void step(int opcode) throws PickleException {
    switch (opcode) {
      case 0x80 -> protocol(in.get());
      case 0x95 -> in.getLong(); // FRAME: a hint for buffering
      case '(' -> marks.push(stack.size());
      case '0' -> pop();
      case '1' -> popToMark();
      case '2' -> push(peek());

      case 'N' -> push(null);
      case 0x88 -> push(true);
      case 0x89 -> push(false);
      case 'K' -> push(Byte.toUnsignedLong(in.get()));
      case 'M' -> push(Short.toUnsignedLong(in.getShort()));
      case 'J' -> push((long) in.getInt());
      case 0x8a -> push(integer(Byte.toUnsignedLong(in.get())));
      case 0x8b -> push(integer(Integer.toUnsignedLong(in.getInt())));
      case 'G' -> push(Double.longBitsToDouble(Long.reverseBytes(in.getLong())));

      case 0x8c, 'U' -> push(text(Byte.toUnsignedLong(in.get())));
      case 'X', 'T' -> push(text(Integer.toUnsignedLong(in.getInt())));
      case 0x8d -> push(text(in.getLong()));
      case 'C' -> push(bytes(Byte.toUnsignedLong(in.get())));
      case 'B' -> push(bytes(Integer.toUnsignedLong(in.getInt())));
      case 0x8e, 0x96 -> push(bytes(in.getLong()));

      case ')' -> push(List.of());
      case 0x85 -> tuple(1);
      case 0x86 -> tuple(2);
      case 0x87 -> tuple(3);
      case 't' -> push(Collections.unmodifiableList(popToMark()));
      case ']' -> push(new ArrayList<>());
      case 'a' -> append(pop(1));
      case 'e' -> append(popToMark());
      case '}' -> push(new LinkedHashMap<>());
      case 's' -> setItems(pop(2));
      case 'u' -> setItems(popToMark());
      case 0x8f -> push(new LinkedHashSet<>());
      case 0x90 -> addItems(popToMark());
      case 0x91 -> push(PickleNames.setOf(popToMark()));

      case 'q' -> memo.put(Byte.toUnsignedLong(in.get()), peek());
      case 'r' -> memo.put(Integer.toUnsignedLong(in.getInt()), peek());
      case 0x94 -> memo.put((long) memo.size(), peek());
      case 'h' -> recall(Byte.toUnsignedLong(in.get()));
      case 'j' -> recall(Integer.toUnsignedLong(in.getInt()));

      case 'c' -> push(PickleNames.resolve(line(), line()));
      case 0x93 -> stackGlobal();
      case 'R' -> reduce();
      case 0x81 -> newObject();
      case 'b' -> build();
      case 'Q' -> persistent();
      case 'i' -> throw PickleException.refused(line(), line());
      default ->
          throw new PickleException(
              "it has opcode 0x%02x at byte %d, which torch.save does not write for weights"
                  .formatted(opcode, in.position() - 1));
    }
  }

  private static void protocol(byte version) throws PickleException {
    if (version < 2 || version > 5) {
      throw new PickleException("its pickle protocol is " + version + "; save it with protocol 2");
    }
  }

  private void push(Object value) {
    stack.add(value);
  }

  private Object peek() throws PickleException {
    if (stack.size() <= (marks.isEmpty() ? 0 : marks.peek())) {
      throw new PickleException("it takes from an empty stack");
    }
    return stack.get(stack.size() - 1);
  }

  private Object pop() throws PickleException {
    Object top = peek();
    stack.remove(stack.size() - 1);
    return top;
  }

  private List<Object> pop(int count) throws PickleException {
    List<Object> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(pop());
    }
    Collections.reverse(values);
    return values;
  }

  private List<Object> popToMark() throws PickleException {
    if (marks.isEmpty()) {
      throw new PickleException("it lacks a mark");
    }
    List<Object> top = stack.subList(marks.pop(), stack.size());
    List<Object> values = new ArrayList<>(top);
    top.clear();
    return values;
  }

  private void tuple(int size) throws PickleException {
    push(Collections.unmodifiableList(pop(size)));
  }

  private void recall(long index) throws PickleException {
    if (!memo.containsKey(index)) {
      throw new PickleException("it recalls value " + index + ", which it has not stored");
    }
    push(memo.get(index));
  }

  @SuppressWarnings("unchecked")
  private void append(List<Object> values) throws PickleException {
    if (!(peek() instanceof ArrayList<?> list)) {
      throw new PickleException("it appends to something that is no list");
    }
    ((List<Object>) list).addAll(values);
  }

  @SuppressWarnings("unchecked")
  private void addItems(List<Object> values) throws PickleException {
    if (!(peek() instanceof LinkedHashSet<?> set)) {
      throw new PickleException("it adds to something that is no set");
    }
    ((LinkedHashSet<Object>) set).addAll(PickleNames.setOf(values));
  }

  @SuppressWarnings("unchecked")
  private void setItems(List<Object> pairs) throws PickleException {
    if (!(peek() instanceof LinkedHashMap<?, ?> dict) || pairs.size() % 2 != 0) {
      throw new PickleException("it sets items of something that is no dict");
    }
    for (int i = 0; i < pairs.size(); i += 2) {
      ((Map<Object, Object>) dict).put(PickleNames.hashable(pairs.get(i)), pairs.get(i + 1));
    }
  }

  private void stackGlobal() throws PickleException {
    List<Object> names = pop(2);
    if (!(names.get(0) instanceof String module) || !(names.get(1) instanceof String name)) {
      throw new PickleException("it names something without a name");
    }
    push(PickleNames.resolve(module, name));
  }

  @SuppressWarnings("unchecked")
  private void reduce() throws PickleException {
    List<Object> call = pop(2);
    if (!(call.get(0) instanceof PickleNames.Function function)
        || !(call.get(1) instanceof List<?> args)) {
      throw new PickleException("it calls something that is no function");
    }
    push(function.call((List<Object>) args));
  }

  private void newObject() throws PickleException {
    List<Object> call = pop(2);
    if (!(call.get(0) instanceof PickleNames.ObjectClass type) || !List.of().equals(call.get(1))) {
      throw new PickleException("it makes an object of something that is no class");
    }
    push(new PickleNames.Instance(type, new LinkedHashMap<>()));
  }

  private void build() throws PickleException {
    Object state = pop();
    if (!(state instanceof Map<?, ?> attributes)) {
      throw new PickleException("it gives an object a state that is no dict");
    }
    if (peek() instanceof PickleNames.Instance instance) {
      instance.attributes().putAll(attributes);
    } else if (!(peek() instanceof LinkedHashMap)) {
      throw new PickleException("it gives attributes to something that has none");
    }
    // An OrderedDict's attributes (_metadata of a state dict) are versions of modules: no weights.
  }

  private void persistent() throws PickleException {
    TorchStorage storage = TorchStorage.of(pop());
    TorchStorage known = storages.putIfAbsent(storage.key(), storage);
    if (known != null && !known.equals(storage)) {
      throw new PickleException("it describes storage " + storage.key() + " in two ways");
    }
    push(storage);
  }

  private Number integer(long length) throws PickleException {
    if (length > MOST_INT_BYTES) {
      throw new PickleException("it has an integer of " + length + " bytes");
    }
    if (length == 0) {
      return 0L;
    }
    byte[] bytes = bytes(length);
    for (int i = 0; i < bytes.length / 2; i++) {
      byte swapped = bytes[i];
      bytes[i] = bytes[bytes.length - 1 - i];
      bytes[bytes.length - 1 - i] = swapped;
    }
    BigInteger value = new BigInteger(bytes);
    return value.bitLength() < Long.SIZE ? (Number) value.longValue() : value;
  }

  private byte[] bytes(long length) {
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[(int) length];
    in.get(bytes);
    return bytes;
  }

  private String text(long length) throws PickleException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes(length))).toString();
    } catch (CharacterCodingException e) {
      throw new PickleException("it has text that is not UTF-8");
    }
  }

  private String line() throws PickleException {
    int start = in.position();
    while (in.get() != '\n') {
      // Looking for the end.
    }
    int length = in.position() - 1 - start;
    in.position(start);
    String line = text(length);
    in.get();
    return line;
  }
}
