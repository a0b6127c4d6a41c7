package io.github.dar.cli;

import io.github.dar.data.RgbImage;
import io.github.dar.generate.StreamListener;
import io.github.dar.view.Pngs;
import io.github.dar.view.Progress;
import io.github.dar.view.TerminalPicture;
import io.github.dar.weights.HostTensor;
import io.github.dar.weights.NpzWriter;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.RuntimeMXBean;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes what {@code dar sample} makes, as it comes, and keeps the times. */
final class SampleOutput implements StreamListener {

  private final Path folder;
  private final long[] classes;
  private final SampleSheet sheet;
  private final Progress progress;
  private final TerminalPicture terminal;
  private final PrintStream err;
  private final int tokens;
  private final long[][] codes;
  private final List<Path> images = new ArrayList<>();
  private final long begin = System.nanoTime();
  private double firstProgress = -1;
  private double firstPreview = -1;
  private int batchStart;
  private int batchSize;
  private boolean shown;

  /**
   * @param folder is there
   * @param choice of the whole run
   * @param tokens of an image
   * @param progress counts tokens
   * @param terminal shows images as they form; may be null
   * @param err where the terminal is
   */
  SampleOutput(
      Path folder,
      ClassChoice choice,
      int tokens,
      Progress progress,
      TerminalPicture terminal,
      PrintStream err) {
    this.folder = folder;
    this.classes = choice.classes();
    this.sheet = new SampleSheet(classes.length, choice.columns());
    this.tokens = tokens;
    this.progress = progress;
    this.terminal = terminal;
    this.err = err;
    this.codes = new long[classes.length][];
  }

  /** The images {@code start .. start + size - 1} come next. */
  void beginBatch(int start, int size) {
    batchStart = start;
    batchSize = size;
    shown = false;
  }

  @Override
  public void progress(int done) {
    if (firstProgress < 0) {
      firstProgress = sinceStart();
    }
    progress.update((long) batchStart * tokens + (long) done * batchSize);
  }

  @Override
  public void preview(int tokensDone, List<RgbImage> batch) {
    if (firstPreview < 0) {
      firstPreview = seconds();
    }
    for (int i = 0; i < batch.size(); i++) {
      Path file = folder.resolve("sample-%06d-at-%03d.png".formatted(batchStart + i, tokensDone));
      Pngs.write(file, batch.get(i));
    }
    sheet.preview(tokensDone, batch);
    show(batch);
  }

  @Override
  public void tokens(long[][] batch) {
    System.arraycopy(batch, 0, codes, batchStart, batch.length);
  }

  @Override
  public void images(List<RgbImage> batch) {
    for (int i = 0; i < batch.size(); i++) {
      Path file = folder.resolve("sample-%06d.png".formatted(batchStart + i));
      Pngs.write(file, batch.get(i));
      images.add(file);
    }
    sheet.finished(batch);
    show(batch);
  }

  /** In place of what was shown of this batch before. */
  private void show(List<RgbImage> batch) {
    if (terminal != null) {
      err.print(shown ? terminal.redraw(batch) : terminal.render(batch));
      err.flush();
      shown = true;
    }
  }

  /** Writes the sheet, the GIF and the tokens; returns what a script wants to know. */
  Map<String, Object> write() {
    double seconds = seconds();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("out", folder.toString());
    List<Path> sheets = sheet.write(folder);
    Path tokensFile = folder.resolve("tokens.npz");
    writeTokens(tokensFile);
    fields.put("images", images.stream().map(Path::toString).toList());
    fields.put("sheets", sheets.stream().map(Path::toString).toList());
    fields.put("tokens", tokensFile.toString());
    fields.put("classes", classes);
    fields.put("seconds_from_start_to_first_tokens", firstProgress);
    if (firstPreview >= 0) {
      fields.put("seconds_to_first_preview", firstPreview);
    }
    fields.put("seconds", seconds);
    return fields;
  }

  private void writeTokens(Path file) {
    long[] flat = Arrays.stream(codes).flatMapToLong(Arrays::stream).toArray();
    try (NpzWriter npz = NpzWriter.stored(file)) {
      npz.write("codes", HostTensor.of(flat, codes.length, tokens));
      npz.write("classes", HostTensor.of(classes, classes.length));
      npz.commit();
    }
  }

  /** Since the process began: what somebody waits who starts the program. */
  private static double sinceStart() {
    RuntimeMXBean runtime = ManagementFactory.getRuntimeMXBean();
    return (System.currentTimeMillis() - runtime.getStartTime()) / 1e3;
  }

  private double seconds() {
    return (System.nanoTime() - begin) / 1e9;
  }
}
