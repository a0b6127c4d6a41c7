package io.github.dar.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Bytes of one buffer. */
final class MemoryBytes implements ByteSource {

  private final ByteBuffer data;

  /**
   * @param data its remaining bytes, not copied
   */
  MemoryBytes(ByteBuffer data) {
    this.data = data.slice();
  }

  @Override
  public long size() {
    return data.limit();
  }

  @Override
  public ByteBuffer slice(long offset, int length) {
    return data.slice(Math.toIntExact(offset), length)
        .asReadOnlyBuffer()
        .order(ByteOrder.LITTLE_ENDIAN);
  }
}
