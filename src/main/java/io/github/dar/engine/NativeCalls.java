package io.github.dar.engine;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Lets the program end between native calls only. When a process exits, libtorch's tables are torn
 * down; a call that still runs in another thread then crashes, after Ctrl-C say, with a report of
 * the JVM's instead of the exit code.
 *
 * <p>The one state that belongs to the process, as libtorch itself does.
 */
public final class NativeCalls {

  private static final ReentrantReadWriteLock LOCK = new ReentrantReadWriteLock();

  private NativeCalls() {}

  /** What a thread holds while it calls; calls within calls are fine. */
  static Lock running() {
    return LOCK.readLock();
  }

  /**
   * Waits until no call runs and lets none begin any more: for whoever is about to end the program.
   *
   * @param patience how long at most
   * @return whether none runs
   */
  public static boolean stop(Duration patience) {
    try {
      return LOCK.writeLock().tryLock(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
