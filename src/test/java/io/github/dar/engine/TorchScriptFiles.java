package io.github.dar.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Makes TorchScript files for tests of other packages. */
public final class TorchScriptFiles {

  private TorchScriptFiles() {}

  /** Writes a module whose {@code forward} is this, a line of text each. */
  public static void write(Path file, String... forward) throws IOException {
    String head = "class Kernel(Module):\n  __parameters__ = []\n  __buffers__ = []\n";
    String source = head + "  training : bool\n  " + String.join("\n  ", forward) + "\n";
    Files.write(file, TorchArchive.pack(source, Map.of("training", false)));
  }
}
