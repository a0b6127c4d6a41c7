package io.github.dar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher where it must not build: copies of it in folders of their own. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {

  @TempDir private Path folder;

  private record Ended(int code, String text) {}

  private Ended run(Map<String, String> env, String... command) throws Exception {
    Path output = folder.resolve("output.txt");
    ProcessBuilder builder = new ProcessBuilder(List.of(command));
    builder.environment().putAll(env);
    Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
  }

  private Path launcher() throws IOException {
    Path copy = folder.resolve("dar");
    Files.copy(Path.of("dar"), copy);
    assertThat(copy.toFile().setExecutable(true)).isTrue();
    return copy;
  }

  @Test
  void wrongJavaHome_isNamed() throws Exception {
    Ended ended = run(Map.of("JAVA_HOME", "/no/java"), "" + launcher(), "--version");
    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.text()).startsWith("dar: JAVA_HOME is /no/java").hasLineCount(1);
  }

  @Test
  void releaseWithoutJar_isNamed_alsoThroughALink() throws Exception {
    Path link = folder.resolve("bin/dar");
    Files.createDirectories(link.getParent());
    launcher();
    Files.createSymbolicLink(link, Path.of("../dar"));
    Ended ended = run(Map.of("JAVA_HOME", System.getProperty("java.home")), "" + link);
    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.text()).contains("/dar.jar is missing");
  }

  @Test
  void releaseOnAnOlderJava_isNamed_withoutStartingIt() throws Exception {
    launcher();
    Files.createFile(folder.resolve("dar.jar"));
    Path java = folder.resolve("jdk/bin/java");
    Files.createDirectories(java.getParent());
    Files.writeString(java, "#!/bin/sh\necho started\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    for (String version : List.of("11.0.2", "1.8.0_292")) {
      Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"" + version + "\"\n");
      Ended ended = run(Map.of("JAVA_HOME", folder + "/jdk"), folder + "/dar", "--version");
      assertThat(ended.code()).isEqualTo(2);
      String major = version.startsWith("1.") ? "8" : "11";
      assertThat(ended.text()).contains("is Java " + major + "; install Java 17").hasLineCount(1);
    }
    Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"17.0.1\"\n");
    Ended ended = run(Map.of("JAVA_HOME", folder + "/jdk"), folder + "/dar", "--version");
    assertThat(ended.text()).isEqualTo("started\n");
  }

  @Test
  void failedBuild_showsWhatMavenSaid() throws Exception {
    Files.writeString(folder.resolve("pom.xml"), "<project>");
    Path mvn = folder.resolve("mvn");
    Files.writeString(mvn, "#!/bin/sh\necho broken pom\nexit 1\n");
    assertThat(mvn.toFile().setExecutable(true)).isTrue();
    Map<String, String> env =
        Map.of(
            "JAVA_HOME",
            System.getProperty("java.home"),
            "PATH",
            folder + ":" + System.getenv("PATH"));
    Ended ended = run(env, "" + launcher(), "--version");
    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.text()).contains("broken pom", "dar: the build failed");
    assertThat(folder.resolve("target/dar-build.lock")).doesNotExist();
  }
}
