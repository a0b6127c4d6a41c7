package io.github.dar.bench;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** What the input pipeline can't be faster than: the library's decoder, on bytes in memory. */
final class JpegDecoding implements AutoCloseable {

  private final List<byte[]> files = new ArrayList<>();
  private final ExecutorService workers;

  JpegDecoding(List<Path> paths, int threads) {
    try {
      for (Path path : paths) {
        files.add(Files.readAllBytes(path));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.workers =
        Executors.newFixedThreadPool(
            threads,
            task -> {
              Thread thread = new Thread(task, "dar-decoding");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Seconds that all files take. */
  double seconds() {
    List<Callable<Integer>> work = new ArrayList<>();
    files.forEach(bytes -> work.add(() -> decode(bytes)));
    long begin = System.nanoTime();
    try {
      for (Future<Integer> done : workers.invokeAll(work)) {
        done.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while JPEGs were decoded", e);
    }
    return Stopwatch.since(begin);
  }

  private static int decode(byte[] bytes) throws IOException {
    ImageReader reader = ImageIO.getImageReadersByFormatName("jpeg").next();
    try (MemoryCacheImageInputStream in =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      reader.setInput(in, true, true);
      return reader.readRaster(0, null).getWidth();
    } finally {
      reader.dispose();
    }
  }

  @Override
  public void close() {
    workers.shutdownNow();
  }
}
