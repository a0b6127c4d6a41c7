package io.github.dar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The zip that Maven makes, unpacked, where there is Java and no Maven; and its installer. */
@Tag("e2e")
@DisabledOnOs(OS.WINDOWS)
@TestMethodOrder(MethodOrderer.MethodName.class)
class DistributionTest {

  private static final long LONGEST_SECONDS = 120;

  @TempDir private static Path folder;

  private static Path home;

  private record Ended(int code, String text) {}

  @BeforeAll
  static void unpack() throws Exception {
    List<Path> zips;
    try (Stream<Path> files = Files.list(Path.of("target"))) {
      zips = files.filter(file -> ("" + file.getFileName()).matches("dar-.*\\.zip")).toList();
    }
    assumeTrue(!zips.isEmpty(), "built with -DnoZip");
    assertThat(zips).hasSize(1);
    try (ZipFile zip = ZipFile.builder().setPath(zips.get(0)).get()) {
      for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
        Path file = folder.resolve(entry.getName());
        if (entry.isDirectory()) {
          Files.createDirectories(file);
        } else {
          Files.createDirectories(file.getParent());
          Files.copy(zip.getInputStream(entry), file);
          boolean executable = (entry.getUnixMode() & 0100) != 0;
          assertThat(file.toFile().setExecutable(executable)).isTrue();
        }
      }
    }
    try (Stream<Path> inside = Files.list(folder)) {
      home = inside.filter(file -> ("" + file.getFileName()).startsWith("dar-")).findAny().get();
    }
    // The system's own folders may hold Maven, which a machine with a JRE has not.
    Path mvn = folder.resolve("bin/mvn");
    Files.createDirectories(mvn.getParent());
    Files.writeString(mvn, "#!/bin/sh\necho Maven was called\nexit 1\n");
    assertThat(mvn.toFile().setExecutable(true)).isTrue();
  }

  private static Ended run(String... command) throws Exception {
    Path output = folder.resolve("output.txt");
    ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(List.of(command)));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("PATH", folder.resolve("bin") + ":/usr/bin:/bin");
    builder.directory(folder.toFile());
    Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    assertThat(process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), Files.readString(output));
  }

  @Test
  void a_zip_runsWithoutMaven() throws Exception {
    Ended version = run(home + "/dar", "--version");
    assertThat(version.text()).matches("dar \\d.*\\nDJL .*\\nlibtorch .*\\nJava .*\\nSystem .*\\n");
    assertThat(run(home + "/dar", "--help").text()).startsWith("Usage: dar");
    Ended sample = run(home + "/dar", "sample", "--class", "207", "-q", "--out", "s");
    assertThat(sample).isEqualTo(new Ended(0, "s: 1 image\n"));
    assertThat(folder.resolve("s/sample-000000.png")).exists();
  }

  @Test
  void b_zip_hasWhatItsReadmeNames() {
    for (String file :
        List.of(
            "LICENSE",
            "README.md",
            "docs/install.md",
            "configs/fashion-mnist.yaml",
            "man/man1/dar-sample.1",
            "completion/dar",
            "completion/_dar",
            "dar.cmd")) {
      assertThat(home.resolve(file)).exists().isNotEmptyFile();
    }
  }

  @Test
  void c_installer_installsReplacesAndRemoves() throws Exception {
    Path prefix = folder.resolve("a prefix");
    String installer = home + "/scripts/install.sh";
    for (int time = 0; time < 2; time++) {
      Ended installed = run(installer, "--prefix", "" + prefix);
      assertThat(installed.code()).as(installed.text()).isZero();
      assertThat(installed.text())
          .startsWith("installed dar ")
          .contains("is not on the PATH", "export PATH=\"" + prefix + "/bin:");
    }
    assertThat(run(prefix + "/bin/dar", "--version").text()).startsWith("dar ");
    assertThat(files(prefix))
        .contains("bin/dar", "share/man/man1/dar.1", "share/man/man1/dar-sample.1")
        .contains("share/bash-completion/completions/dar", "share/zsh/site-functions/_dar")
        .noneMatch(file -> file.contains(".dar-"));

    Files.writeString(prefix.resolve("bin/mine"), "stays");
    assertThat(run(installer, "--prefix", "" + prefix, "--uninstall").code()).isZero();
    assertThat(files(prefix)).containsExactly("bin/mine");
  }

  @Test
  void d_installer_leavesWhatIsNotItsOwn() throws Exception {
    Path prefix = folder.resolve("taken");
    Files.createDirectories(prefix.resolve("bin"));
    Files.writeString(prefix.resolve("bin/dar"), "another");
    Ended refused = run(home + "/scripts/install.sh", "--prefix", "" + prefix);
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.text())
        .contains("bin/dar is there and not from this script")
        .hasLineCount(1);
    assertThat(files(prefix)).containsExactly("bin/dar");
    Ended nothing = run(home + "/scripts/install.sh", "--prefix", "" + prefix, "--uninstall");
    assertThat(nothing.code()).isEqualTo(2);
    assertThat(files(prefix)).containsExactly("bin/dar");
  }

  private static List<String> files(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
          .map(file -> "" + root.relativize(file))
          .toList();
    }
  }
}
