package io.github.dar.bench;

import com.sun.management.OperatingSystemMXBean;
import io.github.dar.engine.Compute;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where it was measured.
 *
 * @param processor its name, or its kind where the system doesn't tell
 * @param cores that this program may use
 * @param memory bytes
 * @param load how many other programs computed when it began, on average over a minute; below 0 if
 *     the system doesn't tell
 * @param compute device, precision and threads in words
 */
public record Machine(String processor, int cores, long memory, double load, String compute) {

  /** Above this load for each core, the figures say more about the others. */
  private static final double QUIET = 0.2;

  /** This machine, to be asked before any work. */
  static Machine here(Compute compute) {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return new Machine(
        processorName(),
        Runtime.getRuntime().availableProcessors(),
        system.getTotalMemorySize(),
        system.getSystemLoadAverage(),
        compute.describe());
  }

  private static String processorName() {
    try {
      return inCpuInfo(Files.readString(Path.of("/proc/cpuinfo")));
    } catch (IOException e) {
      return System.getProperty("os.arch"); // only Linux has that file
    }
  }

  static String inCpuInfo(String text) {
    return text.lines()
        .filter(line -> line.startsWith("model name"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse(System.getProperty("os.arch"));
  }

  /** Whether other programs were at work. */
  boolean isBusy() {
    return load > QUIET * cores;
  }

  /** As JSON has it. */
  Map<String, Object> fields() {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("processor", processor);
    out.put("cores", cores);
    out.put("memory_bytes", memory);
    out.put("load_before", load);
    out.put("busy", isBusy());
    out.put("compute", compute);
    return out;
  }
}
