package io.github.dar.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/** A tensor's values in another floating point type, converted piece by piece when read. */
final class ConvertedBytes implements ByteSource {

  private final HostTensor from;
  private final DType to;

  ConvertedBytes(HostTensor from, DType to) {
    this.from = from;
    this.to = to;
  }

  @Override
  public long size() {
    return Math.multiplyExact(from.elements(), to.bytes());
  }

  @Override
  public ByteBuffer slice(long offset, int length) {
    Objects.checkFromIndexSize(offset, length, size());
    long first = offset / to.bytes();
    long end = (offset + length + to.bytes() - 1) / to.bytes();
    int count = Math.toIntExact(end - first);
    int width = from.dtype().bytes();
    ByteBuffer in = from.slice(first * width, Math.multiplyExact(count, width));
    ByteBuffer out =
        ByteBuffer.allocate(Math.multiplyExact(count, to.bytes())).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      Numbers.put(to, out, Numbers.doubleAt(from.dtype(), in, i * width));
    }
    return out.slice((int) (offset - first * to.bytes()), length)
        .asReadOnlyBuffer()
        .order(ByteOrder.LITTLE_ENDIAN);
  }
}
