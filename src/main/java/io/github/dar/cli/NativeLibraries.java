package io.github.dar.cli;

import io.github.dar.config.UserException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The libtorch that the environment names. DJL ignores a wrong path without a word. */
final class NativeLibraries {

  private static final List<String> NAMES = List.of("libtorch.so", "libtorch.dylib", "torch.dll");

  private NativeLibraries() {}

  /** Refuses variables that DJL would not use as they are meant. */
  static void check(Map<String, String> env) {
    String path = env.getOrDefault("PYTORCH_LIBRARY_PATH", "");
    if (path.isEmpty()) {
      return;
    }
    if (NAMES.stream().noneMatch(name -> Files.exists(Path.of(path, name)))) {
      throw new UserException(
          "PYTORCH_LIBRARY_PATH is %s, which holds no libtorch; set it to the folder lib of PyTorch, or unset it (docs/gpu.md)"
              .formatted(path));
    }
    for (String name : List.of("PYTORCH_FLAVOR", "PYTORCH_VERSION")) {
      if (env.getOrDefault(name, "").isEmpty()) {
        throw new UserException(
            "PYTORCH_LIBRARY_PATH is set but " + name + " is not; docs/gpu.md has the three");
      }
    }
  }
}
