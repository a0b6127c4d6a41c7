package io.github.dar.cli;

import io.github.dar.config.ImageNet;
import io.github.dar.config.ModelConfig;
import io.github.dar.config.UserException;
import io.github.dar.model.ModelFolder;
import io.github.dar.model.ParameterSpec;
import io.github.dar.model.Tokenizer;
import io.github.dar.model.Transformer;
import io.github.dar.weights.DType;
import io.github.dar.weights.HostTensor;
import io.github.dar.weights.StateDicts;
import io.github.dar.weights.TorchCheckpoint;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code dar convert}. */
@Command(
    name = "convert",
    description = "Turns published PyTorch checkpoints into a model folder.",
    customSynopsis = "dar convert [--tokenizer X.pt] [--ar Y.pt] --out DIR [OPTIONS]",
    footer =
        "%nTensors keep their names and types. The tokenizer's averaged weights (ema) are taken where the checkpoint has them. What the checkpoint doesn't say is taken from the shapes of its tensors, the rest is as published; -o and --config go before it. 1000 classes get the names of ImageNet's, unless --classes or --config names them.")
final class ConvertCommand extends DarCommand {

  @Option(names = "--tokenizer", paramLabel = "X.pt", description = "The tokenizer's checkpoint.")
  private Path tokenizerFile;

  @Option(names = "--ar", paramLabel = "Y.pt", description = "The transformer's checkpoint.")
  private Path arFile;

  @Option(
      names = "--model",
      paramLabel = "RUN",
      description = "A run or model folder to copy instead, in bf16: half the size, to pass on.")
  private Path modelFolder;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "The model folder to write.")
  private Path out;

  @Option(
      names = "--config",
      paramLabel = "F.yaml",
      description = "The configuration that the tokenizer was trained with.")
  private Path configFile;

  @Option(
      names = "--weights",
      paramLabel = "KEY",
      description = "The key of the weights in the checkpoints: ema or model.")
  private String key;

  @Option(
      names = "--image-size",
      paramLabel = "N",
      description = "Side of the pictures. Default: the tokenizer's sampling_resolution.")
  private Integer imageSize;

  @Option(
      names = "--block-size",
      paramLabel = "N",
      description = "Tokens of an image. Default: the tokenizer's num_all_queries, else 256.")
  private Integer blockSize;

  @Option(
      names = "--classes",
      paramLabel = "FILE",
      description = "Names of the classes, a line each, in the order of their ids.")
  private Path classesFile;

  @Option(
      names = "-o",
      paramLabel = "key.path=value",
      description = "Overrides a key of the configuration, as in -o ar.n_head=16; repeatable.")
  private List<String> overrides = List.of();

  @Option(names = "--force", description = "Replace the model that DIR already holds.")
  private boolean force;

  ConvertCommand(Console console) {
    super(console);
  }

  @Override
  void run() {
    boolean checkpoints = tokenizerFile != null || arFile != null;
    if (checkpoints == (modelFolder != null)) {
      throw new UserException(
          "convert: give --tokenizer, --ar or both, or --model with a run to copy");
    }
    ModelOutput.check(out, force);
    if (modelFolder != null) {
      copy(ModelFolder.open(modelFolder));
      return;
    }
    try (TorchCheckpoint tokenizer = open(tokenizerFile);
        TorchCheckpoint ar = open(arFile)) {
      Optional<Map<String, HostTensor>> tokenizerWeights = weights(tokenizer, "ema");
      Optional<Map<String, HostTensor>> arWeights = weights(ar, "model");
      ModelConfig config = config(tokenizer, tokenizerWeights, arWeights);

      ModelOutput output = new ModelOutput(out, config);
      tokenizerWeights.ifPresent(
          found ->
              output.add(
                  "tokenizer",
                  tokenizerFile,
                  fit(
                      tokenizerFile,
                      Tokenizer.parameters(config.requireTokenizer("convert")),
                      found,
                      Tokenizer.OPTIONAL)));
      arWeights.ifPresent(
          found ->
              output.add(
                  "ar",
                  arFile,
                  fit(
                      arFile,
                      Transformer.parameters(config.requireAr("convert")),
                      found,
                      List.of())));
      output.write(progress());
      result(out + ": " + output.summary() + named(config));
      json(output.fields());
    }
  }

  private void copy(ModelFolder model) {
    DiskSpace.require("--out", out, model.bytes() / 2);
    model.copyTo(out, DType.BF16);
    result(out + ": a copy of " + modelFolder + " in bf16");
    json(Map.of("out", out.toString()));
  }

  private static String named(ModelConfig config) {
    return config.classes().equals(ImageNet.classes())
        ? ", classes named as ImageNet's (--classes FILE for others)"
        : "";
  }

  private static TorchCheckpoint open(Path file) {
    return file == null ? null : TorchCheckpoint.open(file);
  }

  private Optional<Map<String, HostTensor>> weights(TorchCheckpoint checkpoint, String usual) {
    return Optional.ofNullable(checkpoint).map(c -> c.stateDict(key == null ? usual : key));
  }

  private ModelConfig config(
      TorchCheckpoint tokenizer,
      Optional<Map<String, HostTensor>> tokenizerWeights,
      Optional<Map<String, HostTensor>> arWeights) {
    CheckpointConfig config = new CheckpointConfig();
    tokenizerWeights.ifPresent(
        found -> {
          if (configFile != null) {
            config.tokenizer(configFile);
          } else {
            config.tokenizer(tokenizerFile, tokenizer.find("config", "model"), found);
          }
        });
    arWeights.ifPresent(
        found ->
            config.transformer(
                arFile,
                found,
                blockSize == null ? OptionalInt.empty() : OptionalInt.of(blockSize)));
    if (imageSize != null) {
      config.put("image_size", imageSize);
    }
    if (classesFile != null) {
      config.put("classes", TextFiles.lines(classesFile));
    }
    config.nameClasses();
    return config.resolve(overrides);
  }

  /** Strictly: each tensor that the network has, of its shape, and no other. */
  private static Map<String, HostTensor> fit(
      Path file,
      List<ParameterSpec> specs,
      Map<String, HostTensor> found,
      List<Predicate<String>> optional) {
    Map<String, long[]> expected = new LinkedHashMap<>();
    specs.forEach(spec -> expected.put(spec.name(), spec.shape()));
    return StateDicts.check(file.toString(), expected, found, optional).tensors();
  }
}
