package io.github.dar.fetch;

import io.github.dar.config.UserException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The folder where published weights lie on this machine.
 *
 * @param path it need not exist
 */
public record WeightsFolder(Path path) {

  /** The environment variable that names the folder. */
  public static final String VARIABLE = "DAR_WEIGHTS";

  private static final String SAFETENSORS = ".safetensors";

  /**
   * Finds the folder.
   *
   * @param option what {@code --weights-dir} says, else {@code DAR_WEIGHTS}, else {@code
   *     dar/weights} in the user's cache ({@code XDG_CACHE_HOME} or {@code ~/.cache})
   * @param env the environment variables
   */
  public static WeightsFolder of(Optional<Path> option, Map<String, String> env) {
    return new WeightsFolder(
        option
            .or(() -> variable(env, VARIABLE).map(Path::of))
            .orElseGet(() -> cache(env).resolve("dar").resolve("weights")));
  }

  private static Path cache(Map<String, String> env) {
    // The XDG specification has relative paths ignored.
    return variable(env, "XDG_CACHE_HOME")
        .map(Path::of)
        .filter(Path::isAbsolute)
        .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"));
  }

  private static Optional<String> variable(Map<String, String> env, String name) {
    return Optional.ofNullable(env.get(name)).filter(value -> !value.isBlank());
  }

  /** Returns where a published file lies or would lie. */
  public Path file(PublishedWeights weights) {
    return path.resolve(weights.file());
  }

  /**
   * Finds a published file, or the same tensors as {@code .safetensors} under its name.
   *
   * @param name as {@code dar fetch} calls it
   * @throws UserException saying how to get it if it isn't there
   */
  public Path require(String name) {
    PublishedWeights weights = PublishedWeights.named(name);
    Path published = file(weights);
    Path converted = path.resolve(weights.file().replaceFirst("\\.\\w+$", SAFETENSORS));
    if (Files.exists(published)) {
      return published;
    }
    if (Files.exists(converted)) {
      return converted;
    }
    throw new UserException(
        "%s is missing: %s; 'dar fetch %s' downloads it, --weights-dir or %s names another folder"
            .formatted(published, weights.use(), name, VARIABLE));
  }
}
