package io.github.dar.generate;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The thread in which one batch is denoised, a task after the other. The first task that fails is
 * the last: those behind it are not run. Closing waits for the task that runs, so that nothing is
 * freed under it.
 */
final class DecoderThread implements AutoCloseable {

  private final ExecutorService executor =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "dar-decoder");
            thread.setDaemon(true);
            return thread;
          });

  private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
  private CompletableFuture<Void> beforeLast = last;

  /** Adds a task. */
  void submit(Runnable task) {
    beforeLast = last;
    last = last.thenRunAsync(task, executor);
  }

  /** Throws what a task has failed with, if one has. */
  void check() throws InterruptedException {
    if (last.isDone()) {
      await();
    }
  }

  /** Waits for all tasks; throws what one has failed with. */
  void await() throws InterruptedException {
    await(last);
  }

  /** Waits for all tasks but the one that was added last. */
  void awaitEarlier() throws InterruptedException {
    await(beforeLast);
  }

  private static void await(CompletableFuture<Void> task) throws InterruptedException {
    try {
      task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) e.getCause(); // a Runnable throws nothing else
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
    boolean interrupted = false;
    boolean ended = false;
    while (!ended) {
      try {
        ended = executor.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
