package io.github.dar.model;

import io.github.dar.config.ModelConfig;
import io.github.dar.config.UserException;
import io.github.dar.config.Yaml;
import io.github.dar.engine.Compute;
import io.github.dar.weights.AtomicFile;
import io.github.dar.weights.DType;
import io.github.dar.weights.HostTensor;
import io.github.dar.weights.SafeTensors;
import io.github.dar.weights.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model on disk: {@code config.yaml}, {@code tokenizer.safetensors} and {@code ar.safetensors}
 * (or one of them) with the reference's tensor names. A run folder stands for the model inside it.
 *
 * @param path the folder that holds the files
 * @param config what it says
 */
public record ModelFolder(Path path, ModelConfig config) {

  private static final String CONFIG = "config.yaml";
  private static final String TOKENIZER = "tokenizer.safetensors";
  private static final String AR = "ar.safetensors";

  /** Name of the folder in a run that holds the model it has trained. */
  public static final String IN_RUN = "model";

  /**
   * Reads the configuration; weights are read when asked for.
   *
   * @throws UserException if the folder holds no model
   */
  public static ModelFolder open(Path folder) {
    Path inside = folder.resolve(IN_RUN);
    Path path = Files.exists(inside.resolve(CONFIG)) ? inside : folder;
    if (!Files.isDirectory(path)) {
      throw new UserException(folder + " is no folder; give a model folder or a finished run");
    }
    if (!Files.exists(path.resolve(CONFIG))
        || !Files.exists(path.resolve(TOKENIZER)) && !Files.exists(path.resolve(AR))) {
      throw new UserException(
          folder
              + " holds no model: config.yaml and tokenizer.safetensors or ar.safetensors are expected;"
              + " a run has its model once its first checkpoint is written");
    }
    return new ModelFolder(path, Yaml.read(path.resolve(CONFIG), ModelConfig.class));
  }

  /** Loads the tokenizer for inference; closing the device frees it. */
  public Tokenizer tokenizer(Compute compute) {
    var part = config.requireTokenizer(path.toString());
    try (TensorFile file = open(TOKENIZER)) {
      return Tokenizer.forInference(
          compute, part, path.resolve(TOKENIZER).toString(), file.tensors());
    }
  }

  /** Loads the transformer to sample with; closing the device frees it. */
  public Transformer transformer(Compute compute) {
    var part = config.requireAr(path.toString());
    try (TensorFile file = open(AR)) {
      return Transformer.forSampling(compute, part, path.resolve(AR).toString(), file.tensors());
    }
  }

  /** Returns whether the folder has the weights of the tokenizer. */
  public boolean hasTokenizer() {
    return Files.exists(path.resolve(TOKENIZER));
  }

  /** Returns whether the folder has the weights of the transformer. */
  public boolean hasTransformer() {
    return Files.exists(path.resolve(AR));
  }

  /**
   * Refuses a model without a tokenizer, before anything is loaded.
   *
   * @param command what needs it, as the user calls it
   */
  public void requireTokenizer(String command) {
    if (config.tokenizer().isEmpty() || !hasTokenizer()) {
      throw missing(command, "tokenizer");
    }
  }

  /** Refuses a model without a transformer. */
  public void requireTransformer(String command) {
    if (config.ar().isEmpty() || !hasTransformer()) {
      throw missing(command, "ar");
    }
  }

  private UserException missing(String command, String part) {
    return new UserException(
        "%s: %s has no %s.safetensors with its section '%s' in config.yaml; give a model that has both"
            .formatted(command, path, part, part));
  }

  private TensorFile open(String name) {
    if (!Files.exists(path.resolve(name))) {
      throw new UserException(path + " has no " + name + ": this command needs it");
    }
    return SafeTensors.open(path.resolve(name));
  }

  /**
   * Writes the tokenizer's file, float32.
   *
   * @param folder of the model
   */
  public static void writeTokenizer(Path folder, Map<String, HostTensor> weights) {
    create(folder);
    SafeTensors.write(folder.resolve(TOKENIZER), weights, Map.of());
  }

  /** Writes the transformer's file, float32. */
  public static void writeTransformer(Path folder, Map<String, HostTensor> weights) {
    create(folder);
    SafeTensors.write(folder.resolve(AR), weights, Map.of());
  }

  /** Copies the tokenizer of this model into another folder. */
  public void copyTokenizer(Path folder) {
    try (TensorFile file = open(TOKENIZER)) {
      writeTokenizer(folder, file.tensors());
    }
  }

  /**
   * Writes a copy of this model.
   *
   * @param folder of the copy
   * @param dtype BF16 for half the size: what inference in bf16 computes with anyway
   */
  public void copyTo(Path folder, DType dtype) {
    create(folder);
    for (String name : List.of(TOKENIZER, AR)) {
      if (Files.exists(path.resolve(name))) {
        try (TensorFile file = open(name)) {
          Map<String, HostTensor> converted = new LinkedHashMap<>();
          file.tensors().forEach((key, tensor) -> converted.put(key, tensor.to(dtype)));
          SafeTensors.write(folder.resolve(name), converted, file.metadata());
        }
      }
    }
    try {
      Path readme = path.resolve("README.md");
      describe(folder, config, Files.exists(readme) ? Files.readString(readme) : "# A model\n");
    } catch (IOException e) {
      throw new UserException(path + "/README.md can't be read: " + e.getMessage(), e);
    }
  }

  /** Returns how many bytes its weights take on the disk. */
  public long bytes() {
    long sum = 0;
    try {
      for (String name : List.of(TOKENIZER, AR)) {
        Path file = path.resolve(name);
        sum += Files.exists(file) ? Files.size(file) : 0;
      }
      return sum;
    } catch (IOException e) {
      throw new UserException(path + " can't be read: " + e.getMessage(), e);
    }
  }

  /** Writes what the folder's weights are. */
  public static void describe(Path folder, ModelConfig config, String readme) {
    create(folder);
    AtomicFile.writeText(folder.resolve("README.md"), readme);
    AtomicFile.writeText(folder.resolve(CONFIG), Yaml.toYaml(config));
  }

  private static void create(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UserException(folder + " can't be made: " + e.getMessage(), e);
    }
  }
}
