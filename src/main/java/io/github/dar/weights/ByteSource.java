package io.github.dar.weights;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Bytes that can be read piece by piece: in memory, in a file, or computed when asked for. There
 * may be far more of them than one buffer or the memory holds.
 */
public interface ByteSource {

  /** Returns the number of bytes. */
  long size();

  /**
   * Reads a piece.
   *
   * @return {@code length} bytes from {@code offset}: read-only, little endian, position 0
   */
  ByteBuffer slice(long offset, int length);

  /**
   * Reads a piece into a buffer of the caller's, from its position to its limit: for those who go
   * through many bytes and have no use for a buffer a piece.
   */
  default void read(long offset, ByteBuffer into) {
    into.put(slice(offset, into.remaining()));
  }

  /** Returns {@code size} bytes of this from {@code offset} as a source of their own. */
  default ByteSource part(long offset, long size) {
    Objects.checkFromIndexSize(offset, size, size());
    ByteSource whole = this;
    return new ByteSource() {
      @Override
      public long size() {
        return size;
      }

      @Override
      public ByteBuffer slice(long from, int length) {
        Objects.checkFromIndexSize(from, length, size);
        return whole.slice(offset + from, length);
      }

      @Override
      public void read(long from, ByteBuffer into) {
        Objects.checkFromIndexSize(from, into.remaining(), size);
        whole.read(offset + from, into);
      }
    };
  }
}
