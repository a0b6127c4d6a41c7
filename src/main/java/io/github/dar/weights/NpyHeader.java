package io.github.dar.weights;

import io.github.dar.config.UserException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The head of a npy array: a magic string, a version and a Python dict.
 *
 * @param order of the bytes of an element
 * @param fortran whether the first index runs fastest
 * @param dataStart where the values start
 */
record NpyHeader(DType dtype, ByteOrder order, boolean fortran, long[] shape, long dataStart) {

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  /** Numpy's headers have about a hundred bytes. */
  private static final int LARGEST = 1 << 20;

  private static final Map<String, DType> TYPES =
      Map.ofEntries(
          Map.entry("b1", DType.BOOL),
          Map.entry("u1", DType.U8),
          Map.entry("i1", DType.I8),
          Map.entry("u2", DType.U16),
          Map.entry("i2", DType.I16),
          Map.entry("u4", DType.U32),
          Map.entry("i4", DType.I32),
          Map.entry("u8", DType.U64),
          Map.entry("i8", DType.I64),
          Map.entry("f2", DType.F16),
          Map.entry("f4", DType.F32),
          Map.entry("f8", DType.F64));

  private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
  private static final Pattern FORTRAN = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  // Python 2 wrote sizes as 3L.
  private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9L,\\s]*)\\)");

  /**
   * Reads a whole array, lazily.
   *
   * @param what names the file or record in messages
   */
  static HostTensor tensor(ByteSource array, String what) {
    NpyHeader header = parse(array, what);
    long size;
    try {
      size = Math.multiplyExact(HostTensor.elements(header.shape), header.dtype.bytes());
    } catch (ArithmeticException e) {
      throw broken(what, "its shape " + Arrays.toString(header.shape) + " is absurd");
    }
    long there = array.size() - header.dataStart;
    if (there != size) {
      throw broken(what, "it has " + there + " bytes of data instead of " + size);
    }
    ByteSource data =
        StridedBytes.of(
            array.part(header.dataStart, size),
            header.dtype.bytes(),
            header.order,
            0,
            header.shape,
            header.strides());
    return HostTensor.of(header.dtype, data, header.shape);
  }

  private long[] strides() {
    long[] strides = new long[shape.length];
    long step = 1;
    for (int i = 0; i < shape.length; i++) {
      int dim = fortran ? i : shape.length - 1 - i;
      strides[dim] = step;
      // An empty array has no steps; its other sizes may be anything.
      step = step * shape[dim];
    }
    return strides;
  }

  private static NpyHeader parse(ByteSource array, String what) {
    int prefix = MAGIC.length + 2;
    byte[] magic = new byte[MAGIC.length];
    if (array.size() < prefix + Integer.BYTES) {
      throw broken(what, "it has only " + array.size() + " bytes");
    }
    ByteBuffer start = array.slice(0, prefix + Integer.BYTES);
    start.get(magic);
    if (!Arrays.equals(magic, MAGIC)) {
      throw broken(what, "it does not start as one");
    }
    int version = start.get();
    start.get();
    int head;
    long length;
    if (version == 1) {
      length = Short.toUnsignedLong(start.getShort());
      head = prefix + Short.BYTES;
    } else if (version == 2 || version == 3) {
      length = Integer.toUnsignedLong(start.getInt());
      head = prefix + Integer.BYTES;
    } else {
      throw broken(what, "its format version " + version + " is unknown");
    }
    if (length > LARGEST || head + length > array.size()) {
      throw broken(what, "it ends within its header");
    }
    String text = StandardCharsets.UTF_8.decode(array.slice(head, (int) length)).toString();
    return parse(text, head + length, what);
  }

  private static NpyHeader parse(String text, long dataStart, String what) {
    String descr = find(DESCR, text, "type", what);
    DType dtype = descr.isEmpty() ? null : TYPES.get(descr.substring(1));
    char endian = descr.isEmpty() ? '?' : descr.charAt(0);
    if (dtype == null || "<>|=".indexOf(endian) < 0 || endian == '|' && dtype.bytes() > 1) {
      throw broken(what, "type '" + descr + "' is not a number (objects and records are not read)");
    }
    String sizes = find(SHAPE, text, "shape", what);
    return new NpyHeader(
        dtype,
        endian == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN,
        find(FORTRAN, text, "order", what).equals("True"),
        shape(sizes, what),
        dataStart);
  }

  private static long[] shape(String sizes, String what) {
    try {
      return Arrays.stream(sizes.replace("L", "").split(","))
          .map(String::strip)
          .filter(size -> !size.isEmpty())
          .mapToLong(Long::parseLong)
          .toArray();
    } catch (NumberFormatException e) {
      throw broken(what, "its shape (" + sizes + ") is absurd");
    }
  }

  private static String find(Pattern pattern, String text, String field, String what) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw broken(what, "its header gives no plain " + field + ": " + text.strip());
    }
    return matcher.group(1);
  }

  private static UserException broken(String what, String reason) {
    return new UserException(
        what + " is not a readable npy array: " + reason + "; save it again as plain numbers");
  }

  /** Returns the head numpy would write, in C order and padded to 64 bytes. */
  static byte[] toBytes(DType dtype, long[] shape) {
    String code =
        TYPES.entrySet().stream()
            .filter(entry -> entry.getValue() == dtype)
            .map(Map.Entry::getKey)
            .findAny()
            .orElseThrow(
                () -> new IllegalArgumentException("numpy has no " + dtype + "; convert it first"));
    String sizes = Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(", "));
    StringBuilder dict =
        new StringBuilder()
            .append("{'descr': '")
            .append(dtype.bytes() == 1 ? '|' : '<')
            .append(code)
            .append("', 'fortran_order': False, 'shape': (")
            .append(sizes)
            .append(shape.length == 1 ? ",), }" : "), }");
    int head = MAGIC.length + 2 + Short.BYTES;
    while ((head + dict.length() + 1) % 64 != 0) {
      dict.append(' ');
    }
    dict.append('\n');
    return ByteBuffer.allocate(head + dict.length())
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(MAGIC)
        .put((byte) 1)
        .put((byte) 0)
        .putShort((short) dict.length())
        .put(dict.toString().getBytes(StandardCharsets.US_ASCII))
        .array();
  }
}
