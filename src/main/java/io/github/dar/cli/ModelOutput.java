package io.github.dar.cli;

import io.github.dar.config.ModelConfig;
import io.github.dar.config.UserException;
import io.github.dar.config.Yaml;
import io.github.dar.weights.HostTensor;
import io.github.dar.weights.SafeTensors;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/** Writes a model folder of converted weights: aside first, then put in place. */
final class ModelOutput {

  private final Path folder;
  private final ModelConfig config;
  private final Map<String, Part> parts = new LinkedHashMap<>();

  /** Weights and where they come from. */
  private record Part(Path source, Map<String, HostTensor> weights) {
    long parameters() {
      return InfoReport.values(weights);
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

  /** Writes everything; a failure leaves what was there as it was. */
  void write() {
    Path target = folder.toAbsolutePath().normalize();
    Path aside = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
    try {
      Files.createDirectories(aside);
      parts.forEach(
          (name, part) ->
              SafeTensors.write(
                  aside.resolve(name + ".safetensors"), part.weights(), Map.of("format", "pt")));
      Files.writeString(aside.resolve("README.md"), readme());
      Files.writeString(aside.resolve("config.yaml"), Yaml.toYaml(config));
      putInPlace(aside, target);
    } catch (IOException | UncheckedIOException e) {
      throw new UserException("can't write " + folder + ": " + e.getMessage(), e);
    } finally {
      Folders.delete(aside);
    }
  }

  private void putInPlace(Path aside, Path target) throws IOException {
    if (Folders.isEmpty(target)) {
      Files.deleteIfExists(target);
      Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
      return;
    }
    for (String name : List.of("tokenizer", "ar")) {
      if (!parts.containsKey(name)) {
        Files.deleteIfExists(target.resolve(name + ".safetensors"));
      }
    }
    try (Stream<Path> files = Files.list(aside)) {
      for (Path file : files.toList()) {
        Files.move(file, target.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private String readme() throws IOException {
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
                  sha256(part.source()),
                  InfoReport.count(part.parameters())));
    }
    text.append("\nThe licence and the training data are those of the checkpoints.\n");
    return text.toString().replace("\r", "");
  }

  private static String sha256(Path file) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
        byte[] buffer = new byte[1 << 20];
        while (in.read(buffer) >= 0) {
          // The digest sees what is read.
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
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
