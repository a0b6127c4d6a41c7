package io.github.dar.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * The elements of a view (transposed, sliced, expanded, big endian) in C order and little endian,
 * gathered piece by piece when read.
 */
final class StridedBytes implements ByteSource {

  /** A multiple of every element size, so that no element straddles two windows. */
  private static final int WINDOW = 1 << 30;

  private final ByteSource storage;
  private final int width;
  private final ByteOrder order;
  private final long offset;
  private final long[] shape;
  private final long[] strides;
  private final long size;

  /** The parts of the storage seen so far: mapping them anew for each piece would be slow. */
  private final ByteBuffer[] windows;

  /**
   * @param storage whole elements
   * @param width bytes an element
   * @param order of the bytes in an element of the storage
   * @param offset of the first element, in elements
   * @param strides in elements; whoever built the view has checked that it lies in the storage
   */
  private StridedBytes(
      ByteSource storage, int width, ByteOrder order, long offset, long[] shape, long[] strides) {
    this.storage = storage;
    this.width = width;
    this.order = order;
    this.offset = offset;
    this.shape = shape.clone();
    this.strides = strides.clone();
    this.size = Math.multiplyExact(HostTensor.elements(shape), width);
    this.windows = new ByteBuffer[Math.toIntExact((storage.size() + WINDOW - 1) / WINDOW)];
  }

  /** Returns a view's bytes: a part of the storage where they lie in order already. */
  static ByteSource of(
      ByteSource storage, int width, ByteOrder order, long offset, long[] shape, long[] strides) {
    StridedBytes bytes = new StridedBytes(storage, width, order, offset, shape, strides);
    boolean sameOrder = width == 1 || order == ByteOrder.LITTLE_ENDIAN;
    if (bytes.size == 0) {
      return storage.part(0, 0);
    }
    return sameOrder && bytes.isContiguous() ? storage.part(offset * width, bytes.size) : bytes;
  }

  private boolean isContiguous() {
    long expected = 1;
    for (int dim = shape.length - 1; dim >= 0; dim--) {
      if (shape[dim] != 1 && strides[dim] != expected) {
        return false;
      }
      expected *= shape[dim];
    }
    return true;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public ByteBuffer slice(long from, int length) {
    Objects.checkFromIndexSize(from, length, size);
    long first = from / width;
    int count = Math.toIntExact((from + length + width - 1) / width - first);
    ByteBuffer elements = gather(first, count);
    return elements
        .slice((int) (from - first * width), length)
        .asReadOnlyBuffer()
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  private ByteBuffer gather(long first, int count) {
    // Windows are read as little endian; writing in the storage's order swaps where needed.
    ByteBuffer out = ByteBuffer.allocate(Math.multiplyExact(count, width)).order(order);
    long[] index = new long[shape.length];
    long at = offset;
    long rest = first;
    for (int dim = shape.length - 1; dim >= 0; dim--) {
      index[dim] = rest % shape[dim];
      rest /= shape[dim];
      at += index[dim] * strides[dim];
    }
    int number = -1;
    ByteBuffer window = null;
    for (int i = 0; i < count; i++) {
      long position = at * width;
      int wanted = (int) (position / WINDOW);
      if (wanted != number) {
        number = wanted;
        window = window(number);
      }
      copy(window, (int) (position % WINDOW), out);
      for (int dim = shape.length - 1; dim >= 0; dim--) {
        at += strides[dim];
        if (++index[dim] < shape[dim]) {
          break;
        }
        at -= shape[dim] * strides[dim];
        index[dim] = 0;
      }
    }
    return out;
  }

  private void copy(ByteBuffer in, int at, ByteBuffer out) {
    switch (width) {
      case 1 -> out.put(in.get(at));
      case 2 -> out.putShort(in.getShort(at));
      case 4 -> out.putInt(in.getInt(at));
      case 8 -> out.putLong(in.getLong(at));
      default -> throw new IllegalStateException("elements of " + width + " bytes");
    }
  }

  private synchronized ByteBuffer window(int number) {
    if (windows[number] == null) {
      long start = (long) number * WINDOW;
      int length = (int) Math.min(WINDOW, storage.size() - start);
      windows[number] = storage.slice(start, length);
    }
    return windows[number];
  }
}
