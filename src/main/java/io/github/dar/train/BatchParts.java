package io.github.dar.train;

import ai.djl.ndarray.NDManager;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Kernel;
import io.github.dar.model.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/**
 * Computes the parts of a batch, several at once where the configuration says so: on a processor,
 * small networks gain more from a part a core than from all cores in one part, as every operation
 * waits for the slowest core. The gradients are added in the order of the parts, so they are to the
 * bit those of one part after the other.
 */
final class BatchParts implements AutoCloseable {

  /** One part's work: adds its gradients, returns what the step needs of it. */
  interface Part<T> {
    T compute(int part, Weights gradients);
  }

  private final Compute compute;
  private final int atOnce;
  private final List<Weights> own = new ArrayList<>();
  private final ExecutorService workers;
  private final Kernel kernel;

  /**
   * @param weights whose gradients are computed
   * @param atOnce 1 or more
   */
  BatchParts(Compute compute, Weights weights, int atOnce) {
    this.compute = compute;
    this.atOnce = atOnce;
    this.kernel = Kernel.load(compute.manager(), Map.of(), "optimizer");
    for (int i = 0; atOnce > 1 && i < atOnce; i++) {
      own.add(weights.zerosLike());
    }
    this.workers =
        Executors.newFixedThreadPool(
            atOnce,
            work -> {
              Thread thread = new Thread(work, "dar-part");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Returns the results of parts 0 to {@code parts - 1}, in order. */
  <T> List<T> compute(int parts, Weights gradients, Part<T> part) {
    List<T> results = new ArrayList<>();
    for (int first = 0; first < parts; first += atOnce) {
      int from = first;
      int count = Math.min(atOnce, parts - first);
      if (atOnce == 1) {
        results.add(part.compute(from, gradients));
        continue;
      }
      results.addAll(round(count, i -> part.compute(from + i, own.get(i))));
      try (NDManager scope = compute.manager().newSubManager()) {
        for (int i = 0; i < count; i++) {
          kernel.run(scope, "move", gradients.list(), own.get(i).list());
        }
      }
    }
    return results;
  }

  /** The same for work without gradients. */
  <T> List<T> compute(int parts, IntFunction<T> part) {
    List<T> results = new ArrayList<>();
    for (int first = 0; first < parts; first += atOnce) {
      int from = first;
      results.addAll(round(Math.min(atOnce, parts - first), i -> part.apply(from + i)));
    }
    return results;
  }

  /** Up to {@code atOnce} pieces of work at the same time, the threads shared among them. */
  private <T> List<T> round(int count, IntFunction<T> work) {
    if (atOnce == 1) {
      return List.of(work.apply(0));
    }
    int threads = compute.threads();
    List<Future<T>> futures = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int index = i;
      futures.add(
          workers.submit(
              () -> {
                compute.useThreads(Math.max(1, threads / atOnce));
                return work.apply(index);
              }));
    }
    List<T> results = all(futures);
    // libtorch keeps the number for each thread, MKL one for the process.
    compute.useThreads(threads);
    return results;
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
        failure = new IllegalStateException("interrupted while a batch was computed", e);
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
    own.forEach(Weights::close);
    kernel.close();
  }
}
