package io.github.dar.testing;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Machines on which libtorch itself computes wrong: docs/install.md, platforms. */
public final class Machines {

  private static final Path PROCESSOR = Path.of("/proc/cpuinfo");
  private static final Path CACHES = Path.of("/sys/devices/system/cpu/cpu0/cache");

  private Machines() {}

  /** Skips a test where oneDNN's convolutions are known to be wrong. */
  public static void assumeRightConvolutions() {
    assumeFalse(isFamily26() && !Files.exists(CACHES), "oneDNN's convolutions are wrong here");
  }

  private static boolean isFamily26() {
    try {
      return Files.exists(PROCESSOR)
          && Files.readString(PROCESSOR).lines().anyMatch(l -> l.matches("cpu family\\s*: 26"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
