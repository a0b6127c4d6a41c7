package io.github.dar.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The versions of dar and of what it computes with and on. */
final class VersionInfo implements IVersionProvider {

  /** The one place where DJL names the libtorch it was made for: "2.7.1-0.36.0". */
  private static final String DJL_NATIVES = "/jnilib/pytorch.properties";

  @Override
  public String[] getVersion() {
    return byName().entrySet().stream()
        .map(version -> version.getKey() + " " + version.getValue())
        .toArray(String[]::new);
  }

  /** Each version under the name of what it is of. */
  static Map<String, String> byName() {
    String packaged = VersionInfo.class.getPackage().getImplementationVersion();
    String[] natives = natives().split("-", 2);
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("dar", packaged == null ? "(not packaged)" : packaged);
    versions.put("DJL", natives.length > 1 ? natives[1] : "?");
    versions.put("libtorch", natives[0]);
    versions.put("Java", System.getProperty("java.version"));
    versions.put("System", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    return versions;
  }

  private static String natives() {
    Properties properties = new Properties();
    try (InputStream in = VersionInfo.class.getResourceAsStream(DJL_NATIVES)) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("jni_version", "?-?");
  }
}
