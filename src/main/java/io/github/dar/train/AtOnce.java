package io.github.dar.train;

import io.github.dar.engine.Compute;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/**
 * Computes independent pieces of work at the same time, each with its share of the threads: on a
 * processor, small operations gain more from a piece a core than from all cores in one, as every
 * operation waits for the slowest core.
 */
final class AtOnce implements AutoCloseable {

  private final Compute compute;
  private final int most;
  private final ExecutorService workers;

  /**
   * @param most pieces at the same time, 1 or more
   */
  AtOnce(Compute compute, int most) {
    this.compute = compute;
    this.most = most;
    this.workers =
        Executors.newFixedThreadPool(
            most,
            work -> {
              Thread thread = new Thread(work, "dar-part");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Returns the results of pieces 0 to {@code count - 1}, in order, when all are done. */
  <T> List<T> compute(int count, IntFunction<T> work) {
    List<T> results = new ArrayList<>();
    if (most == 1) {
      for (int i = 0; i < count; i++) {
        results.add(work.apply(i));
      }
      return results;
    }
    int threads = compute.threads();
    List<Future<T>> futures = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int index = i;
      futures.add(
          workers.submit(
              () -> {
                compute.useThreads(Math.max(1, threads / most));
                return work.apply(index);
              }));
    }
    try {
      return all(futures);
    } finally {
      // libtorch keeps the number for each thread, MKL one for the process.
      compute.useThreads(threads);
    }
  }

  /** Waits for all, then throws what the first of them threw. */
  private static <T> List<T> all(List<Future<T>> futures) {
    List<T> results = new ArrayList<>();
    RuntimeException failure = null;
    for (Future<T> future : futures) {
      try {
        results.add(future.get());
      } catch (ExecutionException e) {
        RuntimeException cause =
            e.getCause() instanceof RuntimeException same ? same : new IllegalStateException(e);
        failure = failure == null ? cause : failure;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        failure = new IllegalStateException("interrupted while computing", e);
      }
    }
    if (failure != null) {
      throw failure;
    }
    return results;
  }

  @Override
  public void close() {
    workers.shutdown();
  }
}
