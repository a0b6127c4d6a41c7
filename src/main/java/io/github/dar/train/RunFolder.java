package io.github.dar.train;

import io.github.dar.config.RunConfig;
import io.github.dar.config.UserException;
import io.github.dar.config.Yaml;
import io.github.dar.model.ModelFolder;
import io.github.dar.weights.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

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

  private static final String ASIDE = ".partial";
  private static final String CONFIG = "config.yaml";
  private static final String LATEST = "latest";

  /** What {@link AtomicFile} and its like leave behind when the process is killed. */
  private static final Pattern TORN =
      Pattern.compile("\\..+\\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private final Path root;
  private final String config;
  private final FileChannel lock;

  private RunFolder(Path root, String config, FileChannel lock) {
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
    FileChannel lock = null;
    boolean opened = false;
    try {
      Files.createDirectories(root);
      lock = lock(root);
      RunFolder folder = new RunFolder(root, Yaml.toYaml(config), lock);
      folder.prepare(fresh);
      opened = true;
      return folder;
    } catch (IOException | UncheckedIOException e) {
      throw new UserException(
          root + " can't be written (" + reason(e) + "): give another --out, or mend that", e);
    } finally {
      if (!opened) {
        close(lock);
      }
    }
  }

  /**
   * Refuses a configuration that can't go on with the run in a folder, if there is one. Writes
   * nothing.
   */
  public static void check(Path root, RunConfig config, String section) {
    Path file = root.resolve(CONFIG);
    if (!Files.exists(file)) {
      if (!steps(root.resolve("checkpoints")).isEmpty()) {
        throw new UserException(
            root
                + " holds checkpoints but no config.yaml: bring it back, or --fresh to start over");
      }
      return;
    }
    List<String> obstacles = RunKeys.obstacles(Yaml.read(file, RunConfig.class), config, section);
    if (!obstacles.isEmpty()) {
      throw new UserException(
          root
              + " holds a run of another configuration ("
              + String.join("; ", obstacles)
              + "): choose another --out, or --fresh to start over");
    }
  }

  /** Held until the process ends, however it ends. */
  private static FileChannel lock(Path root) throws IOException {
    FileChannel channel =
        FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (java.nio.channels.OverlappingFileLockException e) {
      close(channel);
      throw busy(root, e);
    } catch (IOException e) {
      return channel; // Some network drives have no locks.
    }
    close(channel);
    throw busy(root, null);
  }

  private static UserException busy(Path root, Exception cause) {
    return new UserException(
        root + " is in use: another dar trains there; wait for it, stop it, or give another --out",
        cause);
  }

  private static void close(FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void prepare(boolean fresh) throws IOException {
    if (fresh) {
      clear();
    }
    Path file = root.resolve(CONFIG);
    if (!Files.exists(file) || !Files.readString(file).equals(config)) {
      writeText(file, config);
    }
    Files.createDirectories(samples());
    Files.createDirectories(checkpoints());
    for (Path folder : List.of(root, samples(), checkpoints(), model())) {
      removeLeftovers(folder);
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
    discard(checkpoints());
    delete(samples());
    delete(model());
    for (String name : List.of(LATEST, "metrics.jsonl")) {
      Files.deleteIfExists(root.resolve(name));
    }
    for (Path file : list(root)) {
      if (file.getFileName().toString().startsWith("events.out")) {
        Files.delete(file);
      }
    }
    Files.deleteIfExists(root.resolve(CONFIG));
  }

  private static void removeLeftovers(Path folder) throws IOException {
    for (Path path : list(folder)) {
      String name = path.getFileName().toString();
      if (name.endsWith(ASIDE) || TORN.matcher(name).matches()) {
        delete(path);
      }
    }
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
    return list(checkpoints).stream()
        .filter(f -> f.getFileName().toString().matches("\\d+"))
        .sorted(Comparator.comparingLong(f -> Long.parseLong(f.getFileName().toString())))
        .toList();
  }

  private static List<Path> list(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
    Path aside = checkpoints().resolve(name + ASIDE);
    Path complete = checkpoints().resolve(name);
    try {
      delete(aside);
      Files.createDirectories(aside);
      writeText(aside.resolve(CONFIG), config);
      writer.write(aside);
      AtomicFile.syncFolder(aside);
      discard(complete);
      Files.move(aside, complete, StandardCopyOption.ATOMIC_MOVE);
      AtomicFile.syncFolder(checkpoints());
      point(name);
      List<Path> all = steps(checkpoints());
      for (Path old : all.subList(0, Math.max(0, all.size() - keep))) {
        discard(old);
      }
    } catch (IOException | UncheckedIOException | UserException e) {
      try {
        delete(aside);
      } catch (IOException again) {
        e.addSuppressed(again);
      }
      throw new UserException(
          "checkpoint %s can't be written (%s); %s".formatted(complete, reason(e), remedy()), e);
    }
  }

  private void point(String name) throws IOException {
    Path file = root.resolve(LATEST);
    String text = name + "\n";
    if (!Files.exists(file) || !Files.readString(file).equals(text)) {
      writeText(file, text);
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

  /** Why the disk refused, from the innermost exception, which knows. */
  static String reason(Throwable failure) {
    Throwable inner = failure;
    while (inner.getCause() != null && !(inner instanceof IOException)) {
      inner = inner.getCause();
    }
    if (inner instanceof AccessDeniedException) {
      return "permission denied: " + inner.getMessage();
    }
    if (inner instanceof NoSuchFileException) {
      return "there is no " + inner.getMessage();
    }
    if (inner instanceof FileAlreadyExistsException) {
      return inner.getMessage() + " is a file where a folder is needed";
    }
    if (inner instanceof FileSystemException e && e.getReason() == null) {
      return e.getClass().getSimpleName() + ": " + e.getMessage();
    }
    return inner.getMessage();
  }

  /** Writes a small text file whole or not at all. */
  static void writeText(Path file, String text) throws IOException {
    try (AtomicFile out = AtomicFile.create(file)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        out.channel().write(bytes);
      }
      out.commit();
    }
  }

  /** Removes a folder in one step, as far as anybody sees: a half deleted one has no number. */
  private static void discard(Path path) throws IOException {
    if (Files.exists(path)) {
      Path aside = path.resolveSibling(path.getFileName() + ".old" + ASIDE);
      delete(aside);
      Files.move(path, aside, StandardCopyOption.ATOMIC_MOVE);
      AtomicFile.syncFolder(path.getParent());
      delete(aside);
    }
  }

  private static void delete(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Lets other processes work here. */
  @Override
  public void close() {
    close(lock);
  }
}
