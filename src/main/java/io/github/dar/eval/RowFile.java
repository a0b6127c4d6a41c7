package io.github.dar.eval;

import io.github.dar.config.UserException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Rows of float32, an image a row, that are written over several runs: 32 bytes that say what they
 * are of, then {@code [n, width]}. A run that was killed in the middle of a row goes on before it.
 */
public final class RowFile implements AutoCloseable {

  private static final int HEAD = 32;

  private final Path path;
  private final FileChannel channel;
  private final int width;

  private RowFile(Path path, FileChannel channel, int width) {
    this.path = path;
    this.channel = channel;
    this.width = width;
  }

  /**
   * Goes on with a file, or begins it where there is none or one of something else.
   *
   * @param what all that the rows depend on
   * @param width numbers of a row
   * @throws UserException if it can't be written, or another program writes it
   */
  public static RowFile open(Path path, String what, int width) {
    try {
      Files.createDirectories(path.toAbsolutePath().getParent());
      FileChannel channel =
          FileChannel.open(
              path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      RowFile file = new RowFile(path, channel, width);
      boolean opened = false;
      try {
        file.lock();
        file.begin(digest(width + " " + what));
        opened = true;
      } finally {
        if (!opened) {
          channel.close();
        }
      }
      return file;
    } catch (IOException e) {
      throw unwritable(path, e);
    }
  }

  private void lock() throws IOException {
    boolean free;
    try {
      free = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      free = false;
    }
    if (!free) {
      throw new UserException(
          path + ": another dar is writing it; wait for it, or use another --out");
    }
  }

  private void begin(byte[] digest) throws IOException {
    byte[] head = new byte[HEAD];
    ByteBuffer read = ByteBuffer.wrap(head);
    while (read.hasRemaining() && channel.read(read, read.position()) > 0) {
      // Until the head is complete.
    }
    if (!Arrays.equals(head, digest)) {
      channel.truncate(0);
      write(ByteBuffer.wrap(digest), 0);
    }
    truncate(rows());
  }

  private static byte[] digest(String what) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(what.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }

  /** How many whole rows there are. */
  public long rows() {
    try {
      return Math.max(0, channel.size() - HEAD) / rowBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How many numbers a row has. */
  public int width() {
    return width;
  }

  /** Forgets all but the first rows. */
  public void truncate(long rows) {
    try {
      channel.truncate(HEAD + rows * rowBytes());
    } catch (IOException e) {
      throw unwritable(path, e);
    }
  }

  /**
   * Appends rows.
   *
   * @param values {@code [n, width]}
   */
  public void append(float[] values) {
    if (values.length % width != 0) {
      throw new IllegalArgumentException(values.length + " numbers are no rows of " + width);
    }
    ByteBuffer bytes = buffer(values.length);
    bytes.asFloatBuffer().put(values);
    write(bytes, HEAD + rows() * rowBytes());
  }

  private void write(ByteBuffer bytes, long at) {
    try {
      while (bytes.hasRemaining()) {
        at += channel.write(bytes, at);
      }
    } catch (IOException e) {
      throw unwritable(path, e);
    }
  }

  /**
   * Reads some columns of some rows.
   *
   * @return {@code [count, columns]}
   */
  public float[] read(long from, int count, int column, int columns) {
    float[] out = new float[Math.multiplyExact(count, columns)];
    ByteBuffer bytes = buffer(columns);
    try {
      for (int row = 0; row < count; row++) {
        bytes.clear();
        long at = HEAD + (from + row) * rowBytes() + (long) column * Float.BYTES;
        while (bytes.hasRemaining()) {
          if (channel.read(bytes, at + bytes.position()) < 0) {
            throw new UserException(path + ": was cut short while in use; run the command again");
          }
        }
        bytes.flip();
        bytes.asFloatBuffer().get(out, row * columns, columns);
      }
    } catch (IOException e) {
      throw new UserException(path + ": can't be read (" + e.getMessage() + ")", e);
    }
    return out;
  }

  private static ByteBuffer buffer(int numbers) {
    return ByteBuffer.allocateDirect(Math.multiplyExact(numbers, Float.BYTES))
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  private long rowBytes() {
    return (long) width * Float.BYTES;
  }

  private static UserException unwritable(Path path, IOException e) {
    return new UserException(
        path
            + ": can't be written ("
            + e.getMessage()
            + "); free some space or give another --out, and run the same command again",
        e);
  }

  /** Closes the file and removes it: nothing needs it any more. */
  public void delete() {
    close();
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw unwritable(path, e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
