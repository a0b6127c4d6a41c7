package io.github.dar.train;

import io.github.dar.config.UserException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** One process works in a run at a time: a lock that goes with the process, however it ends. */
final class RunLock implements AutoCloseable {

  private final FileChannel channel;

  private RunLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock of a run.
   *
   * @throws UserException if another process holds it
   */
  static RunLock take(Path root) throws IOException {
    FileChannel channel =
        FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return new RunLock(channel);
      }
    } catch (OverlappingFileLockException e) {
      channel.close();
      throw busy(root, e);
    } catch (IOException e) {
      return new RunLock(channel); // Some network drives have no locks.
    }
    channel.close();
    throw busy(root, null);
  }

  private static UserException busy(Path root, Exception cause) {
    return new UserException(
        root + " is in use: another dar trains there; wait for it, stop it, or give another --out",
        cause);
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
