package io.github.dar.bench;

import io.github.dar.config.Counted;
import io.github.dar.data.FolderSource;
import io.github.dar.data.ImageSource;
import java.util.List;

/** The input pipeline on JPEG files, beside decoding them and doing nothing else. */
final class JpegReading implements Probe {

  private static final double MILLI = 1e3;

  private final JpegFolder folder;
  private final JpegDecoding decoding;
  private final ImageSource source;
  private final int size;
  private final int threads;

  JpegReading(int count, int size, int threads, long seed) {
    this.folder = JpegFolder.make(count, seed);
    this.decoding = new JpegDecoding(folder.files(), threads);
    this.source = new FolderSource(folder.path());
    this.size = size;
    this.threads = threads;
  }

  static Row row(int size, int threads) {
    String detail =
        "%dx%d to %dx%d, %s"
            .formatted(
                JpegFolder.WIDTH, JpegFolder.HEIGHT, size, size, Counted.of(threads, "thread"));
    return new Row("input: JPEGs", detail, "ms/image", "images/s", "decoding alone", false);
  }

  @Override
  public List<Reading> round() {
    double before = decoding.seconds();
    double seconds = Pictures.seconds(source, size, threads);
    double alone = (before + decoding.seconds()) / 2;
    int count = source.size();
    return List.of(new Reading(seconds * MILLI / count, count / seconds, count / alone));
  }

  @Override
  public void close() {
    decoding.close();
    source.close();
    folder.close();
  }
}
