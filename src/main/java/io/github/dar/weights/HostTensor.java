package io.github.dar.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.Objects;

/**
 * An immutable tensor outside the engine: in memory, in a mapped file, or computed when read. Its
 * bytes are little endian and contiguous in C order whatever the file looks like. It may be larger
 * than 2 GB; then it is read in slices.
 *
 * <p>A tensor of a file can be read until the file is closed.
 */
public final class HostTensor {

  /** Large enough for the disk, small enough for the processor's cache. */
  private static final int PIECE = 4 << 20;

  private final DType dtype;
  private final long[] shape;
  private final long elements;
  private final ByteSource data;

  private HostTensor(DType dtype, ByteSource data, long[] shape) {
    this.dtype = dtype;
    this.shape = shape.clone();
    this.elements = elements(this.shape);
    this.data = data;
    if (data.size() != Math.multiplyExact(elements, dtype.bytes())) {
      throw new IllegalArgumentException(
          dtype + Arrays.toString(shape) + " does not take " + data.size() + " bytes");
    }
  }

  /**
   * Makes a tensor of bytes that are read when needed.
   *
   * @param data as many bytes as dtype and shape take, always the same
   */
  public static HostTensor of(DType dtype, ByteSource data, long... shape) {
    return new HostTensor(dtype, data, shape);
  }

  /**
   * Makes a tensor of a buffer's remaining bytes.
   *
   * @param data little endian; not copied, so don't write to it any more
   */
  public static HostTensor wrap(DType dtype, ByteBuffer data, long... shape) {
    return new HostTensor(dtype, new MemoryBytes(data), shape);
  }

  /** Makes an {@code F32} tensor of a copy of the values. */
  public static HostTensor of(float[] values, long... shape) {
    ByteBuffer data = allocate(values.length, DType.F32);
    data.asFloatBuffer().put(values);
    return wrap(DType.F32, data, shape);
  }

  /** Makes an {@code F64} tensor of a copy of the values. */
  public static HostTensor of(double[] values, long... shape) {
    ByteBuffer data = allocate(values.length, DType.F64);
    data.asDoubleBuffer().put(values);
    return wrap(DType.F64, data, shape);
  }

  /** Makes an {@code I64} tensor of a copy of the values. */
  public static HostTensor of(long[] values, long... shape) {
    ByteBuffer data = allocate(values.length, DType.I64);
    data.asLongBuffer().put(values);
    return wrap(DType.I64, data, shape);
  }

  /** Makes an {@code I32} tensor of a copy of the values. */
  public static HostTensor of(int[] values, long... shape) {
    ByteBuffer data = allocate(values.length, DType.I32);
    data.asIntBuffer().put(values);
    return wrap(DType.I32, data, shape);
  }

  /** Makes a {@code U8} tensor, such as pixels, of a copy of the values. */
  public static HostTensor of(byte[] values, long... shape) {
    return wrap(DType.U8, ByteBuffer.wrap(values.clone()), shape);
  }

  /** Makes a {@code BOOL} tensor of a copy of the values. */
  public static HostTensor of(boolean[] values, long... shape) {
    ByteBuffer data = allocate(values.length, DType.BOOL);
    for (boolean value : values) {
      data.put((byte) (value ? 1 : 0));
    }
    return wrap(DType.BOOL, data.flip(), shape);
  }

  /** Returns the element type. */
  public DType dtype() {
    return dtype;
  }

  /** Returns a copy of the shape; empty for a scalar. */
  public long[] shape() {
    return shape.clone();
  }

  /** Returns the number of elements. */
  public long elements() {
    return elements;
  }

  /** Returns the number of bytes. */
  public long byteSize() {
    return data.size();
  }

  /**
   * Reads a piece of the bytes.
   *
   * @return {@code length} bytes from {@code byteOffset}: read-only, little endian, position 0
   */
  public ByteBuffer slice(long byteOffset, int length) {
    Objects.checkFromIndexSize(byteOffset, length, byteSize());
    return data.slice(byteOffset, length);
  }

  /** Returns all bytes of a tensor up to 2 GB, read-only and little endian. */
  public ByteBuffer bytes() {
    if (byteSize() > Integer.MAX_VALUE) {
      throw new IllegalStateException(this + " is larger than 2 GB: read it in slices");
    }
    return data.slice(0, (int) byteSize());
  }

  /** Writes all bytes to a channel, a piece at a time. */
  public void writeTo(WritableByteChannel channel) throws IOException {
    writeTo(channel, ByteBuffer.allocate((int) Math.min(PIECE, byteSize())));
  }

  /**
   * Writes all bytes to a channel, a piece at a time.
   *
   * @param piece is overwritten: bounds the memory that this takes
   */
  public void writeTo(WritableByteChannel channel, ByteBuffer piece) throws IOException {
    for (long at = 0; at < byteSize(); at += piece.capacity()) {
      piece.clear().limit((int) Math.min(piece.capacity(), byteSize() - at));
      data.read(at, piece);
      piece.flip();
      while (piece.hasRemaining()) {
        channel.write(piece);
      }
    }
  }

  /**
   * Reads a piece of the bytes into a buffer, from its position to its limit: without the new
   * buffer that {@link #slice} makes.
   */
  public void read(long byteOffset, ByteBuffer into) {
    Objects.checkFromIndexSize(byteOffset, into.remaining(), byteSize());
    data.read(byteOffset, into);
  }

  /** Returns the rows {@code from} (included) to {@code to} (excluded) of the first dimension. */
  public HostTensor rows(long from, long to) {
    if (shape.length == 0) {
      throw new IllegalStateException("a scalar has no rows");
    }
    Objects.checkFromToIndex(from, to, shape[0]);
    long[] rows = shape.clone();
    rows[0] = to - from;
    long rowBytes = shape[0] == 0 ? 0 : byteSize() / shape[0];
    return new HostTensor(dtype, data.part(from * rowBytes, (to - from) * rowBytes), rows);
  }

  /** Returns the same bytes under another shape of as many elements. */
  public HostTensor reshape(long... newShape) {
    return new HostTensor(dtype, data, newShape);
  }

  /**
   * Returns the values in another type, rounded to nearest even and converted piece by piece when
   * read, so that it costs no memory.
   *
   * @param target {@code F64}, {@code F32}, {@code F16} or {@code BF16}
   */
  public HostTensor to(DType target) {
    if (target == dtype) {
      return this;
    }
    if (dtype == DType.C64) {
      throw new IllegalStateException("complex numbers can't become " + target);
    }
    switch (target) {
      case F64, F32, F16, BF16 -> {
        return new HostTensor(target, new ConvertedBytes(this, target), shape);
      }
      default -> throw new IllegalArgumentException("no conversion to " + target);
    }
  }

  /** Returns the values as {@code BF16}; see {@link #to}. */
  public HostTensor toBf16() {
    return to(DType.BF16);
  }

  /**
   * Returns all values as floats. Exact, except that {@code F64} and integers beyond 2^24 are
   * rounded to nearest.
   */
  public float[] toFloats() {
    ByteBuffer in = bytes();
    float[] out = new float[Math.toIntExact(elements)];
    if (dtype == DType.F32) {
      in.asFloatBuffer().get(out);
      return out;
    }
    for (int i = 0; i < out.length; i++) {
      out[i] = Numbers.floatAt(dtype, in, i * dtype.bytes());
    }
    return out;
  }

  /** Returns all values as doubles. Exact, except for 64-bit integers beyond 2^53. */
  public double[] toDoubles() {
    ByteBuffer in = bytes();
    double[] out = new double[Math.toIntExact(elements)];
    for (int i = 0; i < out.length; i++) {
      out[i] = Numbers.doubleAt(dtype, in, i * dtype.bytes());
    }
    return out;
  }

  /** Returns all values of an integer or boolean tensor. */
  public long[] toLongs() {
    ByteBuffer in = bytes();
    long[] out = new long[Math.toIntExact(elements)];
    for (int i = 0; i < out.length; i++) {
      out[i] = Numbers.longAt(dtype, in, i * dtype.bytes());
    }
    return out;
  }

  /**
   * Returns all values of an integer or boolean tensor.
   *
   * @throws ArithmeticException if one does not fit
   */
  public int[] toInts() {
    ByteBuffer in = bytes();
    int[] out = new int[Math.toIntExact(elements)];
    for (int i = 0; i < out.length; i++) {
      out[i] = Math.toIntExact(Numbers.longAt(dtype, in, i * dtype.bytes()));
    }
    return out;
  }

  /** Returns a copy of all bytes as they are: the values of an 8-bit tensor. */
  public byte[] toBytes() {
    ByteBuffer in = bytes();
    byte[] out = new byte[in.remaining()];
    in.get(out);
    return out;
  }

  /** Says type and shape, as in {@code F32[3, 4]}. */
  @Override
  public String toString() {
    return dtype + Arrays.toString(shape);
  }

  /**
   * Multiplies the sizes.
   *
   * @throws ArithmeticException beyond 2^63, unless one of them is 0
   */
  static long elements(long[] shape) {
    long elements = 1;
    boolean empty = false;
    for (long size : shape) {
      if (size < 0) {
        throw new IllegalArgumentException("negative size in shape " + Arrays.toString(shape));
      }
      empty |= size == 0;
    }
    for (long size : shape) {
      elements = empty ? 0 : Math.multiplyExact(elements, size);
    }
    return elements;
  }

  private static ByteBuffer allocate(int count, DType dtype) {
    return ByteBuffer.allocate(Math.multiplyExact(count, dtype.bytes()))
        .order(ByteOrder.LITTLE_ENDIAN);
  }
}
