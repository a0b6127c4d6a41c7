package io.github.dar;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The requests that run on a model: closing it waits for them and lets no more begin. */
final class Sessions {

  private final Set<Thread> reporting = ConcurrentHashMap.newKeySet();
  private int running;
  private boolean closed;

  /**
   * Runs a request; any number may run at once.
   *
   * @throws IllegalStateException if the model is closed
   */
  <T> T run(Supplier<T> request) {
    begin();
    try {
      return request.get();
    } finally {
      end();
    }
  }

  private synchronized void begin() {
    if (closed) {
      throw new IllegalStateException("this model is closed; load it again");
    }
    running++;
  }

  private synchronized void end() {
    running--;
    notifyAll();
  }

  /** Calls the user's code in the midst of a request. */
  void report(Runnable callback) {
    reporting.add(Thread.currentThread());
    try {
      callback.run();
    } finally {
      reporting.remove(Thread.currentThread());
    }
  }

  /**
   * Lets no request begin any more and waits for those that run.
   *
   * @return whether this was the first call: only then is anything to be freed
   * @throws IllegalStateException in the callback of a request, which would wait for itself
   */
  synchronized boolean close() {
    if (reporting.contains(Thread.currentThread())) {
      throw new IllegalStateException(
          "a preview's callback can't close its model: its own request runs; throw to end that");
    }
    boolean first = !closed;
    closed = true;
    boolean interrupted = false;
    while (running > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true; // memory in use can't be freed, so there is nothing but to wait
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return first;
  }
}
