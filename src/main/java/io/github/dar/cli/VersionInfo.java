package io.github.dar.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The versions of dar and of what it computes with. */
final class VersionInfo implements IVersionProvider {

  /** The one place where DJL names the libtorch it was made for: "2.7.1-0.36.0". */
  private static final String DJL_NATIVES = "/jnilib/pytorch.properties";

  @Override
  public String[] getVersion() {
    String packaged = VersionInfo.class.getPackage().getImplementationVersion();
    String[] natives = natives().split("-", 2);
    return new String[] {
      "dar " + (packaged == null ? "(not packaged)" : packaged),
      "DJL " + (natives.length > 1 ? natives[1] : "?"),
      "libtorch " + natives[0],
      "Java " + System.getProperty("java.version")
    };
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
