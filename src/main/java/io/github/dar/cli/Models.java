package io.github.dar.cli;

import io.github.dar.config.Fit;
import io.github.dar.config.ModelConfig;
import io.github.dar.config.UserException;
import io.github.dar.config.Yaml;
import io.github.dar.data.ImageSource;
import io.github.dar.data.RgbImage;
import io.github.dar.model.ModelFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The model that a command works with. */
final class Models {

  /** The model that ships with the project, seen from its folder. */
  private static final String SHIPPED = "models/shapes";

  private Models() {}

  /**
   * The given model, else {@code DAR_MODEL}, else the one that ships.
   *
   * @param given may be null
   */
  static ModelFolder find(Path given, Console console, List<String> overrides) {
    String variable = console.env().getOrDefault("DAR_MODEL", "");
    if (given != null) {
      return open(given, overrides);
    }
    if (!variable.isEmpty()) {
      return open(Path.of(variable), overrides);
    }
    Path shipped =
        shipped(console)
            .orElseThrow(
                () ->
                    new UserException(
                        "no model: give --model DIR or set DAR_MODEL (none ships in "
                            + console.home().resolve(SHIPPED)
                            + ")"));
    return open(shipped, overrides);
  }

  /** The folder of the model that ships, if it is there. */
  static Optional<Path> shipped(Console console) {
    return Optional.of(console.home().resolve(SHIPPED)).filter(Files::isDirectory);
  }

  /** A model folder, its configuration with overrides in place. */
  static ModelFolder open(Path folder, List<String> overrides) {
    ModelFolder model = ModelFolder.open(folder);
    if (overrides.isEmpty()) {
      return model;
    }
    Path yaml = model.path().resolve("config.yaml");
    return new ModelFolder(model.path(), Yaml.read(yaml, ModelConfig.class, overrides));
  }

  /**
   * How whole images come to the model's size.
   *
   * @param name crop, pad or auto: padded where they are smaller
   */
  static Fit fit(String name, RgbImage example, int size) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "crop" -> Fit.CROP;
      case "pad" -> Fit.PAD;
      case "auto" -> Fit.auto(example.width(), example.height(), size);
      default -> throw new UserException("--fit " + name + ": unknown; use auto, crop or pad");
    };
  }

  /** The same by an image of a source. */
  static Fit fit(String name, ImageSource source, int size) {
    return fit(name, source.example(), size);
  }
}
