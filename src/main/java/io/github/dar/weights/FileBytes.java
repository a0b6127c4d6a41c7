package io.github.dar.weights;

import io.github.dar.config.UserException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.Objects;

/** A stretch of an open file. Large pieces are mapped, small ones read. */
final class FileBytes implements ByteSource {

  /**
   * Below this a piece is read: systems limit the number of mappings (65,530 on Linux), and a
   * mapping lives until the garbage collector finds it.
   */
  private static final int SMALLEST_MAPPING = 64 * 1024;

  private final Path file;
  private final FileChannel channel;
  private final long start;
  private final long size;

  /**
   * @param file names the file in messages
   * @param size must lie within the file; whoever opened it has checked that
   */
  FileBytes(Path file, FileChannel channel, long start, long size) {
    this.file = file;
    this.channel = channel;
    this.start = start;
    this.size = size;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public ByteBuffer slice(long offset, int length) {
    Objects.checkFromIndexSize(offset, length, size);
    try {
      ByteBuffer piece =
          length < SMALLEST_MAPPING
              ? heap(offset, length)
              : channel.map(MapMode.READ_ONLY, start + offset, length);
      return piece.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    } catch (ClosedChannelException e) {
      throw new IllegalStateException(file + " was closed before its tensors were read", e);
    } catch (IOException e) {
      throw Failures.unreadable(file, e);
    }
  }

  private ByteBuffer heap(long offset, int length) {
    ByteBuffer piece = ByteBuffer.allocate(length);
    read(offset, piece);
    return piece.flip();
  }

  /** Without a mapping, whose pages would count as the process's memory until it is collected. */
  @Override
  public void read(long offset, ByteBuffer into) {
    Objects.checkFromIndexSize(offset, into.remaining(), size);
    long shift = start + offset - into.position();
    try {
      while (into.hasRemaining()) {
        if (channel.read(into, shift + into.position()) < 0) {
          throw new UserException(file + " became shorter while it was read; try again");
        }
      }
    } catch (ClosedChannelException e) {
      throw new IllegalStateException(file + " was closed before its tensors were read", e);
    } catch (IOException e) {
      throw Failures.unreadable(file, e);
    }
  }
}
