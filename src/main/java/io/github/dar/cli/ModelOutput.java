package io.github.dar.cli;

import io.github.dar.config.DiskError;
import io.github.dar.config.ModelConfig;
import io.github.dar.config.UserException;
import io.github.dar.config.Yaml;
import io.github.dar.fetch.Sha256;
import io.github.dar.view.Progress;
import io.github.dar.weights.AtomicFile;
import io.github.dar.weights.HostTensor;
import io.github.dar.weights.SafeTensors;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Writes a model folder of converted weights: aside first, then put in place. */
final class ModelOutput {

  private static final String CONFIG = "config.yaml";

  /** Configuration, description, headers of the weights. */
  private static final long OVERHEAD = 4 << 20;

  private final Path folder;
  private final ModelConfig config;
  private final Map<String, Part> parts = new LinkedHashMap<>();

  /** Weights and where they come from. */
  private record Part(Path source, Map<String, HostTensor> weights) {
    long parameters() {
      return InfoReport.values(weights);
    }

    long bytes() {
      return weights.values().stream().mapToLong(HostTensor::byteSize).sum();
    }
  }

  ModelOutput(Path folder, ModelConfig config) {
    this.folder = folder;
    this.config = config;
  }

  /** Refuses a folder that holds something, unless it may be replaced. */
  static void check(Path folder, boolean force) {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new UserException("--out " + folder + ": is a file; give a folder");
    }
    if (!force && !Folders.isEmpty(folder)) {
      throw new UserException(
          "--out "
              + folder
              + ": is not empty; give another folder, or --force to replace its model");
    }
  }

  /** Adds a part of the model: tokenizer or ar. */
  void add(String name, Path source, Map<String, HostTensor> weights) {
    parts.put(name, new Part(source, weights));
  }

  /**
   * Writes everything; a failure leaves what was there as it was.
   *
   * @param shown where progress goes
   */
  void write(Progress.Output shown) {
    long size = parts.values().stream().mapToLong(Part::bytes).sum();
    DiskSpace.require("--out", folder, size + OVERHEAD);
    Path target = folder.toAbsolutePath().normalize();
    Path aside = target.resolveSibling(asidePrefix(target) + ProcessHandle.current().pid());
    try (Meter meter = new Meter(shown, size + sourceBytes())) {
      removeLeftovers(target);
      Files.createDirectories(aside);
      parts.forEach(
          (name, part) ->
              SafeTensors.write(
                  aside.resolve(name + ".safetensors"),
                  part.weights(),
                  Map.of("format", "pt"),
                  meter::add));
      AtomicFile.writeText(aside.resolve("README.md"), readme(meter));
      // What makes the folder a model comes last.
      AtomicFile.writeText(aside.resolve(CONFIG), Yaml.toYaml(config));
      putInPlace(aside, target);
    } catch (IOException | UncheckedIOException e) {
      throw new UserException(
          "can't write "
              + folder
              + ": "
              + DiskError.why(e)
              + "; free some space or give another folder",
          e);
    } finally {
      Folders.delete(aside);
    }
  }

  private static String asidePrefix(Path target) {
    return "." + target.getFileName() + ".partial-";
  }

  /** What processes left behind that were killed while they wrote the same model. */
  private static void removeLeftovers(Path target) throws IOException {
    if (!Files.isDirectory(target.getParent())) {
      return;
    }
    try (Stream<Path> files = Files.list(target.getParent())) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        String process =
            name.startsWith(asidePrefix(target))
                ? name.substring(asidePrefix(target).length())
                : "";
        if (process.matches("\\d{1,18}")
            && ProcessHandle.of(Long.parseLong(process)).filter(ProcessHandle::isAlive).isEmpty()) {
          Folders.delete(file);
        }
      }
    }
  }

  private void putInPlace(Path aside, Path target) throws IOException {
    if (Folders.isEmpty(target)) {
      Files.deleteIfExists(target);
      Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
      AtomicFile.syncFolder(target.getParent());
      return;
    }
    // Without its configuration it is no model, until all of the new one is there.
    Files.deleteIfExists(target.resolve(CONFIG));
    for (String name : List.of("tokenizer", "ar")) {
      if (!parts.containsKey(name)) {
        Files.deleteIfExists(target.resolve(name + ".safetensors"));
      }
    }
    List<String> names =
        Stream.concat(parts.keySet().stream().map(p -> p + ".safetensors"), Stream.of("README.md"))
            .toList();
    for (String name : names) {
      Files.move(aside.resolve(name), target.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
    Files.move(aside.resolve(CONFIG), target.resolve(CONFIG));
    AtomicFile.syncFolder(target);
  }

  private String readme(Meter meter) throws IOException {
    StringBuilder text =
        new StringBuilder("# A D-AR model\n\nConverted by `dar convert` from:\n\n");
    for (Map.Entry<String, Part> entry : parts.entrySet()) {
      Part part = entry.getValue();
      text.append(
          "- %s: %s (%d bytes, SHA-256 %s), %s parameters%n"
              .formatted(
                  entry.getKey(),
                  part.source().getFileName(),
                  Files.size(part.source()),
                  sha256(part.source(), meter),
                  InfoReport.count(part.parameters())));
    }
    text.append("\nThe licence and the training data are those of the checkpoints.\n");
    return text.toString().replace("\r", "");
  }

  private long sourceBytes() throws IOException {
    long sum = 0;
    for (Part part : parts.values()) {
      sum += Files.size(part.source());
    }
    return sum;
  }

  private static String sha256(Path file, Meter meter) throws IOException {
    try (InputStream in = new MeteredStream(Files.newInputStream(file), meter)) {
      return Sha256.of(in);
    }
  }

  /** Bytes that have been written or read, shown as they come. */
  private static final class Meter implements AutoCloseable {

    private static final long MB = 1_000_000;

    private final Progress progress;
    private long done;

    Meter(Progress.Output shown, long total) {
      progress = new Progress(shown, "converting", "MB", 0, Math.max(1, total / MB));
    }

    void add(long bytes) {
      done += bytes;
      progress.update(done / MB);
    }

    @Override
    public void close() {
      progress.close();
    }
  }

  /** A stream that counts what is read. */
  private static final class MeteredStream extends FilterInputStream {

    private final Meter meter;

    MeteredStream(InputStream in, Meter meter) {
      super(in);
      this.meter = meter;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int read = super.read(into, offset, length);
      meter.add(Math.max(0, read));
      return read;
    }
  }

  /** One line for people. */
  String summary() {
    return String.join(
        ", ",
        parts.entrySet().stream()
            .map(
                e ->
                    e.getKey()
                        + " with "
                        + InfoReport.count(e.getValue().parameters())
                        + " parameters")
            .toList());
  }

  /** The same for scripts. */
  Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("out", folder.toString());
    parts.forEach((name, part) -> fields.put(name, Map.of("parameters", part.parameters())));
    return fields;
  }
}
