package io.github.dar.cli;

import io.github.dar.config.Fit;
import io.github.dar.config.ModelConfig;
import io.github.dar.config.RunConfig;
import io.github.dar.config.TokenizerConfig;
import io.github.dar.config.TransformerConfig;
import io.github.dar.config.UserException;
import io.github.dar.config.Yaml;
import io.github.dar.engine.Compute;
import io.github.dar.model.ParameterSpec;
import io.github.dar.model.Tokenizer;
import io.github.dar.model.Transformer;
import io.github.dar.model.Weights;
import io.github.dar.weights.SafeTensors;
import io.github.dar.weights.TensorFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;

/**
 * A model folder, its configuration read and its weights not yet.
 *
 * @param folder where it is
 * @param config a finished run's has its trainings, too
 */
record ModelFiles(Path folder, RunConfig config) {

  /** The model that ships with the project, seen from its folder. */
  private static final String SHIPPED = "models/fashion-mnist";

  /**
   * The model that a command works with: the given one, else {@code DAR_MODEL}, else the one that
   * ships.
   *
   * @param given may be null
   */
  static ModelFiles find(Path given, Console console, List<String> overrides) {
    String variable = console.env().getOrDefault("DAR_MODEL", "");
    if (given != null) {
      return open(given, overrides);
    }
    if (!variable.isEmpty()) {
      return open(Path.of(variable), overrides);
    }
    Path shipped = console.home().resolve(SHIPPED);
    if (!Files.isDirectory(shipped)) {
      throw new UserException(
          "no model: give --model DIR or set DAR_MODEL (none ships in " + shipped + ")");
    }
    return open(shipped, overrides);
  }

  /** A folder that must be a model. */
  static ModelFiles open(Path folder, List<String> overrides) {
    Path yaml = folder.resolve("config.yaml");
    if (!Files.isDirectory(folder) || !Files.exists(yaml)) {
      throw new UserException(
          folder
              + (Files.isDirectory(folder) ? ": has no config.yaml" : ": there is no such folder")
              + "; give a model folder, as dar convert and the trainings write");
    }
    return new ModelFiles(folder, Yaml.read(yaml, RunConfig.class, overrides));
  }

  ModelConfig model() {
    return config.model();
  }

  /** How whole images come to size: padded if the tokenizer was trained so, else cropped. */
  Fit fit() {
    boolean padded =
        config.tokenizerTraining().filter(t -> t.training().data().fit() == Fit.PAD).isPresent();
    return padded ? Fit.PAD : Fit.CROP;
  }

  /**
   * The tokenizer's configuration, with its weights there.
   *
   * @param command what needs it
   */
  TokenizerConfig requireTokenizer(String command) {
    TokenizerConfig tokenizer = model().requireTokenizer(command);
    requireFile("tokenizer", command);
    return tokenizer;
  }

  /**
   * The transformer's configuration, with its weights there.
   *
   * @param command what needs it
   */
  TransformerConfig requireAr(String command) {
    TransformerConfig ar = model().requireAr(command);
    requireFile("ar", command);
    return ar;
  }

  private Path requireFile(String part, String command) {
    Path file = folder.resolve(part + ".safetensors");
    if (!Files.exists(file)) {
      throw new UserException(
          command + " needs " + file + ", which is not there; is the training at its end?");
    }
    return file;
  }

  /** Loads the tokenizer. */
  Tokenizer tokenizer(Compute compute, String command) {
    TokenizerConfig tokenizer = requireTokenizer(command);
    Weights weights =
        load(compute, "tokenizer", Tokenizer.parameters(tokenizer), Tokenizer.OPTIONAL, command);
    return new Tokenizer(compute, tokenizer, weights);
  }

  /** Loads the transformer. */
  Transformer transformer(Compute compute, String command) {
    TransformerConfig ar = requireAr(command);
    Weights weights = load(compute, "ar", Transformer.parameters(ar), List.of(), command);
    return new Transformer(compute, ar, weights);
  }

  private Weights load(
      Compute compute,
      String part,
      List<ParameterSpec> specs,
      Collection<Predicate<String>> optional,
      String command) {
    Path file = requireFile(part, command);
    try (TensorFile tensors = SafeTensors.open(file)) {
      return Weights.load(compute, specs, file.toString(), tensors.tensors(), optional);
    }
  }
}
