package io.github.dar.fetch;

import io.github.dar.config.UserException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What has arrived of a file: {@code FILE.part}, and beside it what the server called this version
 * of the file ({@code FILE.part.version}), without which no later call may go on with it. While it
 * is open, no other process may write to it.
 */
final class PartFile implements Closeable {

  private final Path path;
  private final Path version;
  private final FileChannel channel;

  private PartFile(Path path, Path version, FileChannel channel) {
    this.path = path;
    this.version = version;
    this.channel = channel;
  }

  /** Opens what an earlier call has left, or starts anew. */
  static PartFile open(Path target) throws IOException {
    Path path = target.resolveSibling(target.getFileName() + ".part");
    FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean locked = false;
    try {
      locked = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      locked = false;
    } finally {
      if (!locked) {
        channel.close();
      }
    }
    if (!locked) {
      throw new UserException(path + " is being written by another dar fetch; wait for it");
    }
    return new PartFile(path, target.resolveSibling(path.getFileName() + ".version"), channel);
  }

  Path path() {
    return path;
  }

  /** Returns the number of bytes to go on from: none if their version isn't known. */
  long size() throws IOException {
    return validator().isEmpty() ? 0 : channel.size();
  }

  /** Returns what the server called the version, or nothing. */
  String validator() throws IOException {
    return Files.exists(version) ? Files.readString(version) : "";
  }

  /**
   * Prepares for the bytes from {@code start} on.
   *
   * @param validator what the server calls the version, or nothing
   */
  void begin(long start, String validator) throws IOException {
    if (start == 0) {
      Files.deleteIfExists(version);
      channel.truncate(0);
      if (!validator.isEmpty()) {
        Files.writeString(version, validator);
      }
    }
    channel.position(start);
  }

  void write(byte[] piece, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(piece, 0, length);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /** Lets others write to it; nothing stays of nothing. */
  @Override
  public void close() throws IOException {
    boolean empty = channel.isOpen() && channel.size() == 0;
    channel.close();
    if (empty) {
      remove();
    }
  }

  void remove() throws IOException {
    Files.deleteIfExists(version);
    Files.deleteIfExists(path);
  }
}
