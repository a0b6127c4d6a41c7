package io.github.dar.fetch;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Reads a stream, but not for ever: Java's web client waits without end for a body that stalls. */
final class PatientStream implements Closeable {

  private final InputStream in;
  private final Duration patience;
  private final ExecutorService reader;

  /**
   * @param patience the longest that nothing may come
   */
  PatientStream(InputStream in, Duration patience) {
    this.in = in;
    this.patience = patience;
    this.reader =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "dar-fetch");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Reads some bytes.
   *
   * @return how many, or -1 at the end
   * @throws IOException if the stream breaks or nothing comes
   */
  int read(byte[] piece) throws IOException, InterruptedException {
    Future<Integer> read = reader.submit(() -> in.read(piece));
    try {
      return read.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new InterruptedIOException("nothing came for " + patience.toSeconds() + " s");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    }
  }

  @Override
  public void close() throws IOException {
    reader.shutdownNow();
    in.close();
  }
}
