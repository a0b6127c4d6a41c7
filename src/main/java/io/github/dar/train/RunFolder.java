package io.github.dar.train;

import io.github.dar.config.RunConfig;
import io.github.dar.config.UserException;
import io.github.dar.config.Yaml;
import io.github.dar.weights.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A run on disk: {@code config.yaml}, {@code metrics.jsonl}, {@code samples/}, {@code
 * checkpoints/STEP/}, {@code latest}. A checkpoint is complete or absent: it is written aside and
 * renamed.
 */
public final class RunFolder {

  private static final String ASIDE = ".partial";

  private final Path root;

  private RunFolder(Path root) {
    this.root = root;
  }

  /**
   * Opens a run to start it, or to go on with it if it holds a checkpoint.
   *
   * @param fresh throws away what the folder's run has done so far
   * @throws UserException if the folder holds a run of another configuration
   */
  public static RunFolder open(Path root, RunConfig config, boolean fresh) {
    RunFolder folder = new RunFolder(root);
    Path file = root.resolve("config.yaml");
    try {
      Files.createDirectories(root);
      if (fresh) {
        folder.clear();
      } else if (Files.exists(file)) {
        List<String> difference = Yaml.difference(Yaml.read(file, RunConfig.class), config);
        if (!difference.isEmpty()) {
          throw new UserException(
              root
                  + " holds a run of another configuration ("
                  + String.join("; ", difference)
                  + "): choose another --out, or --fresh to start over");
        }
      }
      writeText(file, Yaml.toYaml(config));
      Files.createDirectories(folder.samples());
      Files.createDirectories(folder.checkpoints());
      folder.removePartial();
    } catch (IOException e) {
      throw new UserException(root + " can't be written: " + e.getMessage(), e);
    }
    return folder;
  }

  private void clear() throws IOException {
    for (String name : List.of("config.yaml", "metrics.jsonl", "latest")) {
      Files.deleteIfExists(root.resolve(name));
    }
    delete(samples());
    delete(checkpoints());
    try (Stream<Path> files = Files.list(root)) {
      for (Path file :
          files.filter(f -> f.getFileName().toString().startsWith("events.out")).toList()) {
        Files.delete(file);
      }
    }
  }

  private void removePartial() throws IOException {
    try (Stream<Path> files = Files.list(checkpoints())) {
      for (Path path : files.filter(f -> f.toString().endsWith(ASIDE)).toList()) {
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

  private Path checkpoints() {
    return root.resolve("checkpoints");
  }

  /** Returns the newest complete checkpoint. */
  public Optional<Path> latest() {
    return steps().stream().reduce((a, b) -> b);
  }

  /** Complete checkpoints, oldest first. */
  private List<Path> steps() {
    if (!Files.isDirectory(checkpoints())) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(checkpoints())) {
      return files
          .filter(f -> f.getFileName().toString().matches("\\d+"))
          .sorted(Comparator.comparing(f -> f.getFileName().toString()))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a checkpoint's files into a folder that is not yet complete. */
  interface Writer {
    void write(Path folder) throws IOException;
  }

  /**
   * Adds a checkpoint: written aside, then renamed, then {@code latest} follows and old ones go.
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
      writer.write(aside);
      delete(complete);
      Files.move(aside, complete);
      writeText(root.resolve("latest"), name + "\n");
      List<Path> all = steps();
      for (Path old : all.subList(0, Math.max(0, all.size() - keep))) {
        delete(old);
      }
    } catch (IOException | UserException e) {
      try {
        delete(aside);
      } catch (IOException again) {
        e.addSuppressed(again);
      }
      throw new UserException(
          "checkpoint %s could not be written (%s): free some space and run the same command again, it goes on from the last complete one"
              .formatted(complete, e.getMessage()),
          e);
    }
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
}
