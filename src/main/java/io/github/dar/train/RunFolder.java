package io.github.dar.train;

import io.github.dar.config.DiskError;
import io.github.dar.config.RunConfig;
import io.github.dar.config.UserException;
import io.github.dar.config.Yaml;
import io.github.dar.model.ModelFolder;
import io.github.dar.weights.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A run on disk: {@code config.yaml}, {@code metrics.jsonl}, {@code samples/}, {@code
 * checkpoints/STEP/}, {@code latest}. A checkpoint is complete or absent: its folder is written
 * aside, made durable and renamed; it leaves by being renamed first, too. So a folder named by a
 * number is whole, whenever the program or the machine stopped, and what was left half done has a
 * name that the next start knows.
 *
 * <p>One process works in a run at a time.
 */
public final class RunFolder implements AutoCloseable {

  private static final String CONFIG = "config.yaml";
  private static final String LATEST = "latest";

  private final Path root;
  private final String config;
  private final RunLock lock;

  private RunFolder(Path root, String config, RunLock lock) {
    this.root = root;
    this.config = config;
    this.lock = lock;
  }

  /**
   * Opens a run to start it, or to go on with it if it holds a checkpoint.
   *
   * @param section the run's training: {@code tokenizer_training} or {@code ar_training}
   * @param fresh throws away what the folder's run has done so far
   * @throws UserException if the folder holds a run of another configuration, another process works
   *     in it, or it can't be written
   */
  public static RunFolder open(Path root, RunConfig config, String section, boolean fresh) {
    if (!fresh) {
      check(root, config, section);
    }
    RunLock lock = null;
    boolean opened = false;
    try {
      Files.createDirectories(root);
      lock = RunLock.take(root);
      RunFolder folder = new RunFolder(root, Yaml.toYaml(config), lock);
      folder.prepare(fresh);
      opened = true;
      return folder;
    } catch (IOException | UncheckedIOException e) {
      throw new UserException(
          root + " can't be written (" + DiskError.why(e) + "): give another --out, or mend that",
          e);
    } finally {
      if (!opened && lock != null) {
        lock.close();
      }
    }
  }

  /**
   * Refuses a configuration that can't go on with the run in a folder, if there is one. A run
   * without a checkpoint and a model has done nothing yet: it may still become another. Writes
   * nothing.
   */
  public static void check(Path root, RunConfig config, String section) {
    boolean begun = !steps(root.resolve("checkpoints")).isEmpty();
    if (!begun && !Files.exists(root.resolve(ModelFolder.IN_RUN))) {
      return;
    }
    Path file = root.resolve(CONFIG);
    if (!Files.exists(file)) {
      if (begun) {
        throw new UserException(
            root
                + " holds checkpoints but no config.yaml: bring it back, or --fresh to start over");
      }
      return;
    }
    List<String> obstacles = RunKeys.obstacles(Yaml.read(file, RunConfig.class), config, section);
    if (!obstacles.isEmpty()) {
      String remedy = RunKeys.remedy(obstacles);
      throw new UserException(
          root
              + " holds a run of another configuration ("
              + String.join("; ", obstacles)
              + "): "
              + (remedy.isEmpty() ? "" : "give " + remedy + " as well, ")
              + "choose another --out, or --fresh to start over");
    }
  }

  private void prepare(boolean fresh) throws IOException {
    if (fresh) {
      clear();
    }
    Path file = root.resolve(CONFIG);
    if (!Files.exists(file) || !Files.readString(file).equals(config)) {
      RunFiles.writeText(file, config);
    }
    Files.createDirectories(samples());
    Files.createDirectories(checkpoints());
    for (Path folder : List.of(root, samples(), checkpoints(), model())) {
      RunFiles.removeLeftovers(folder);
    }
    Optional<Path> newest = latest();
    if (newest.isPresent()) {
      point(newest.get().getFileName().toString());
    } else {
      Files.deleteIfExists(root.resolve(LATEST));
    }
  }

  /** The checkpoints go first, and at once: what they belong to is known as long as they exist. */
  private void clear() throws IOException {
    RunFiles.discard(checkpoints());
    RunFiles.delete(samples());
    RunFiles.delete(model());
    for (String name : List.of(LATEST, "metrics.jsonl")) {
      Files.deleteIfExists(root.resolve(name));
    }
    for (Path file : RunFiles.list(root)) {
      if (file.getFileName().toString().startsWith("events.out")) {
        Files.delete(file);
      }
    }
    Files.deleteIfExists(root.resolve(CONFIG));
  }

  /** Returns the folder itself. */
  public Path root() {
    return root;
  }

  /** Returns where sheets go. */
  public Path samples() {
    return root.resolve("samples");
  }

  /** Returns where the numbers of each report go, one JSON object a line. */
  public Path metrics() {
    return root.resolve("metrics.jsonl");
  }

  /** Returns where the model goes. */
  public Path model() {
    return root.resolve(ModelFolder.IN_RUN);
  }

  private Path checkpoints() {
    return root.resolve("checkpoints");
  }

  /** Returns the newest complete checkpoint. */
  public Optional<Path> latest() {
    return steps(checkpoints()).stream().reduce((a, b) -> b);
  }

  /** Complete checkpoints, oldest first. */
  private static List<Path> steps(Path checkpoints) {
    return RunFiles.list(checkpoints).stream()
        .filter(f -> f.getFileName().toString().matches("\\d+"))
        .sorted(Comparator.comparingLong(f -> Long.parseLong(f.getFileName().toString())))
        .toList();
  }

  /** Writes a checkpoint's files into a folder that is not yet complete. */
  interface Writer {
    void write(Path folder) throws IOException;
  }

  /**
   * Adds a checkpoint: its files and the configuration aside, all durable, then renamed, then
   * {@code latest} follows and old ones go. A kill anywhere leaves the one before or this one.
   *
   * @param keep how many to keep
   */
  void checkpoint(long step, int keep, Writer writer) {
    String name = "%08d".formatted(step);
    Path aside = checkpoints().resolve(name + RunFiles.ASIDE);
    Path complete = checkpoints().resolve(name);
    try {
      RunFiles.delete(aside);
      Files.createDirectories(aside);
      RunFiles.writeText(aside.resolve(CONFIG), config);
      writer.write(aside);
      AtomicFile.syncFolder(aside);
      RunFiles.discard(complete);
      Files.move(aside, complete, StandardCopyOption.ATOMIC_MOVE);
      AtomicFile.syncFolder(checkpoints());
      point(name);
      List<Path> all = steps(checkpoints());
      for (Path old : all.subList(0, Math.max(0, all.size() - keep))) {
        RunFiles.discard(old);
      }
    } catch (IOException | UncheckedIOException | UserException e) {
      try {
        RunFiles.delete(aside);
      } catch (IOException again) {
        e.addSuppressed(again);
      }
      throw new UserException(
          "checkpoint %s can't be written (%s); %s".formatted(complete, DiskError.why(e), remedy()),
          e);
    }
  }

  private void point(String name) throws IOException {
    Path file = root.resolve(LATEST);
    String text = name + "\n";
    if (!Files.exists(file) || !Files.readString(file).equals(text)) {
      RunFiles.writeText(file, text);
    }
  }

  /** What to do when something couldn't be written. */
  String remedy() {
    return "free some space or mend that and run the same command: it " + goesOn();
  }

  /** What the next start goes on from. */
  String goesOn() {
    return latest().map(path -> "goes on from " + path).orElse("starts over: no checkpoint yet");
  }

  /** Lets other processes work here. */
  @Override
  public void close() {
    lock.close();
  }
}
