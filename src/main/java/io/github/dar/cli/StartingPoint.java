package io.github.dar.cli;

import io.github.dar.config.UserException;
import io.github.dar.model.ModelFolder;
import io.github.dar.train.StartingWeights;
import io.github.dar.weights.HostTensor;
import io.github.dar.weights.SafeTensors;
import io.github.dar.weights.TensorFile;
import io.github.dar.weights.TorchCheckpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The open file of {@code --init}.
 *
 * @param weights none without the option
 * @param file what is closed when they have been read
 */
record StartingPoint(Optional<StartingWeights> weights, Optional<TensorFile> file)
    implements AutoCloseable {

  static final StartingPoint NONE = new StartingPoint(Optional.empty(), Optional.empty());

  private static final String SAFETENSORS = ".safetensors";

  /**
   * Opens weights: a model folder or run, else a file of either format.
   *
   * @param part the network's: {@code tokenizer} or {@code ar}
   */
  static StartingPoint open(Path path, String part) {
    if (Files.isDirectory(path)) {
      ModelFolder model = ModelFolder.open(path);
      Path weights = model.path().resolve(part + SAFETENSORS);
      if (!Files.exists(weights)) {
        throw new UserException(
            "--init " + path + ": has no " + weights.getFileName() + "; give a model that has one");
      }
      TensorFile file = SafeTensors.open(weights);
      return of(path, file, file.tensors(), model.config().classes());
    }
    if (!Files.exists(path)) {
      throw new UserException("--init " + path + ": there is no such file or folder");
    }
    if (path.toString().endsWith(SAFETENSORS)) {
      TensorFile file = SafeTensors.open(path);
      return of(path, file, file.tensors(), List.of());
    }
    TorchCheckpoint file = TorchCheckpoint.open(path);
    // As convert reads them: of a published tokenizer the averaged weights.
    String key = part.equals("tokenizer") ? "ema" : "model";
    return of(path, file, file.stateDict(key), List.of());
  }

  private static StartingPoint of(
      Path path, TensorFile file, Map<String, HostTensor> tensors, List<String> classes) {
    return new StartingPoint(
        Optional.of(new StartingWeights(path.toString(), tensors, classes)), Optional.of(file));
  }

  @Override
  public void close() {
    file.ifPresent(TensorFile::close);
  }
}
