package io.github.dar.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Whether the processor multiplies bfloat16 numbers itself; libtorch offers no question for it. */
final class Bf16Support {

  private static final Pattern FLAGS =
      Pattern.compile("(?m)^(flags|Features)\\s*:.*\\b(avx512_bf16|amx_bf16|bf16)\\b");

  private Bf16Support() {}

  /**
   * Returns true where Linux lists such an instruction; elsewhere false: slow bf16 is worse than
   * none.
   */
  static boolean ofThisProcessor() {
    try {
      return inCpuInfo(Files.readString(Path.of("/proc/cpuinfo")));
    } catch (IOException e) {
      return false;
    }
  }

  static boolean inCpuInfo(String text) {
    return FLAGS.matcher(text).find();
  }
}
