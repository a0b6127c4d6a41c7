package io.github.dar.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dar.config.DiskError;
import io.github.dar.config.TrainingConfig;
import io.github.dar.config.UserException;
import io.github.dar.view.EventFile;
import io.github.dar.view.Progress;
import io.github.dar.weights.HostTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What a training says while it runs, three times the same: a line for people, a line of {@code
 * metrics.jsonl}, and TensorBoard's event file.
 */
final class TrainingReport implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path STATUS = Path.of("/proc/self/status");

  private final RunFolder folder;
  private final Stage stage;
  private final TrainingConfig config;
  private final FileChannel metrics;
  private final EventFile events;
  private final Progress progress;
  private final Averages averages = new Averages();
  private Map<String, Double> last = Map.of();
  private long timedSteps;
  private double tokens;
  private double seconds;

  /**
   * Opens the files; what they say of steps after {@code step} is forgotten, as those come again.
   *
   * @param step finished steps
   */
  TrainingReport(
      RunFolder folder, Stage stage, TrainingConfig config, Progress.Output output, long step) {
    this.folder = folder;
    this.stage = stage;
    this.config = config;
    boolean begun = Files.exists(folder.metrics());
    try {
      forgetAfter(folder.metrics(), step);
      this.metrics =
          FileChannel.open(folder.metrics(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      metrics.position(metrics.size());
    } catch (IOException e) {
      throw unwritable(e);
    }
    this.events = EventFile.open(folder.root(), Clock.systemUTC());
    if (begun) {
      events.resumedAt(step);
    }
    this.progress = new Progress(output, stage.name(), "step", step, config.schedule().steps());
  }

  /** What has been counted for the next report, for a checkpoint. */
  Map<String, HostTensor> state() {
    Map<String, HostTensor> state = new LinkedHashMap<>(averages.state());
    state.putAll(stage.state());
    return state;
  }

  /** Goes on from what {@link #state} gave. */
  void restore(Map<String, HostTensor> state) {
    averages.restore(state);
    stage.restore(state);
  }

  /**
   * A step is done.
   *
   * @param values its losses and the norm of its gradients
   * @param nanos it took; sheets and checkpoints in between are not the training's speed
   */
  void step(long step, double rate, Map<String, Double> values, long nanos) {
    averages.add(values);
    tokens += (double) config.batch() * stage.tokens(step - 1);
    timedSteps++;
    seconds += nanos / 1e9;
    boolean end = step >= config.schedule().steps();
    if (step % config.report().logEvery() == 0 || end) {
      last = numbers(rate);
      append(step);
      events.scalars(step, last);
      progress.report(step, ReportLine.of(last), end);
    }
    progress.update(step, "loss %.4f".formatted(values.get("loss")));
  }

  private Map<String, Double> numbers(double rate) {
    Map<String, Double> values = new LinkedHashMap<>(averages.take());
    values.put("lr", rate);
    double images = timedSteps * config.batch() / seconds;
    values.put("images_per_second", images);
    values.put("tokens_per_second", tokens / seconds);
    values.put("data_wait", Math.min(1, stage.dataWait() / seconds));
    residentMegabytes().ifPresent(mb -> values.put("memory_mb", (double) mb));
    values.putAll(stage.report());
    timedSteps = 0;
    tokens = 0;
    seconds = 0;
    return values;
  }

  /** The numbers of the newest report; empty before the first. */
  Map<String, Double> last() {
    return last;
  }

  /** Makes the reports durable: a checkpoint must not know of more than they do. */
  void sync() {
    try {
      metrics.force(true);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private void append(long step) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("step", step);
    line.putAll(last);
    try {
      long before = metrics.position();
      ByteBuffer bytes =
          ByteBuffer.wrap((JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
      try {
        while (bytes.hasRemaining()) {
          metrics.write(bytes);
        }
      } catch (IOException e) {
        metrics.truncate(before);
        throw e;
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private UserException unwritable(IOException e) {
    return new UserException(
        "%s can't be written (%s); %s"
            .formatted(folder.metrics(), DiskError.why(e), folder.remedy()),
        e);
  }

  private static void forgetAfter(Path file, long step) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    StringBuilder kept = new StringBuilder();
    for (String line : new String(Files.readAllBytes(file), StandardCharsets.UTF_8).split("\n")) {
      if (isUpTo(line, step)) {
        kept.append(line).append('\n');
      }
    }
    RunFiles.writeText(file, kept.toString());
  }

  private static boolean isUpTo(String line, long step) {
    try {
      return JSON.readTree(line).path("step").asLong(Long.MAX_VALUE) <= step;
    } catch (IOException e) {
      return false; // a torn last line
    }
  }

  /** Memory of the process, libtorch's too, which the JVM doesn't know; where the system tells. */
  static OptionalLong residentMegabytes() {
    try {
      if (Files.exists(STATUS)) {
        for (String line : Files.readAllLines(STATUS)) {
          if (line.startsWith("VmRSS:")) {
            return OptionalLong.of(Long.parseLong(line.replaceAll("\\D", "")) >> 10);
          }
        }
      }
    } catch (IOException e) {
      return OptionalLong.empty();
    }
    return OptionalLong.empty();
  }

  @Override
  public void close() {
    progress.close();
    events.close();
    try {
      metrics.close();
    } catch (IOException e) {
      throw unwritable(e);
    }
  }
}
