package io.github.dar.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dar.config.UserException;
import io.github.dar.testing.FileServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Downloads from a server that behaves and from one that doesn't. */
@Timeout(60)
class DownloadTest {

  private static final int SIZE = 300_000;
  private static final int CUT = 100_000;

  @TempDir private Path folder;
  private byte[] content;
  private String sha256;
  private FileServer server;
  private Path target;

  @BeforeEach
  void serve() throws IOException {
    content = bytes(1);
    server = new FileServer(content);
    target = folder.resolve("new").resolve("weights.pth");
    sha256 = sum(content);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static byte[] bytes(int seed) {
    byte[] bytes = new byte[SIZE];
    new SplittableRandom(seed).nextBytes(bytes);
    return bytes;
  }

  private String sum(byte[] bytes) throws IOException {
    Path file = folder.resolve("sum");
    Files.write(file, bytes);
    return Sha256.of(file);
  }

  private Download.Result get(String path, String sum) throws InterruptedException {
    return new Download(target, server.url(path), sum).run((done, total) -> {});
  }

  private void assertComplete(byte[] expected) throws IOException {
    assertThat(target).hasBinaryContent(expected);
    try (var files = Files.list(target.getParent())) {
      assertThat(files).containsExactly(target);
    }
  }

  /** Leaves the first bytes there, as a broken connection does. */
  private void leavePart() throws IOException {
    Files.createDirectories(target.getParent());
    Files.write(part(), Arrays.copyOf(content, CUT));
    Files.writeString(target.resolveSibling("weights.pth.part.version"), "\"one\"");
  }

  private Path part() {
    return target.resolveSibling("weights.pth.part");
  }

  @Test
  void wholeFile_isCheckedAndPutInPlace() throws Exception {
    List<Long> seen = new ArrayList<>();
    Download.Result result =
        new Download(target, server.url("/file"), sha256)
            .run(
                (done, total) -> {
                  assertThat(total).isEqualTo(SIZE);
                  seen.add(done);
                });
    assertThat(result).isEqualTo(new Download.Result(sha256, true, true));
    assertComplete(content);
    assertThat(seen).isSorted().startsWith(0L).endsWith((long) SIZE);
  }

  @Test
  void fileThatIsThere_isCheckedNotFetched() throws Exception {
    get("/file", sha256);
    assertThat(get("/file", sha256)).isEqualTo(new Download.Result(sha256, true, false));
    assertThat(server.ranges()).containsExactly("all");
    assertThatThrownBy(() -> get("/file", "0".repeat(64)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("is there, but another file")
        .hasMessageContaining(sha256);
  }

  @Test
  void firstDigits_areEnoughWhereNoMoreAreKnown() throws Exception {
    assertThat(get("/file", sha256.substring(0, 8)).checked()).isTrue();
  }

  @Test
  void brokenConnection_goesOnWhereItBroke() throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    server.cutAfter(CUT, seen);
    Download broken = new Download(target, server.url("/file"), sha256);
    assertThatThrownBy(
            () ->
                broken.run(
                    (done, total) -> {
                      if (done > 0) {
                        seen.countDown();
                      }
                    }))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("the connection broke after")
        .hasMessageContaining("of 300,000 bytes")
        .hasMessageContaining("the same command goes on");
    assertThat(target).doesNotExist();
    long there = Files.size(part());
    assertThat(there).isPositive().isLessThanOrEqualTo(CUT);
    server.cutAfter(SIZE, seen);
    get("/file", sha256);
    assertThat(server.ranges()).containsExactly("all", "bytes=" + there + "-");
    assertComplete(content);
  }

  @Test
  void stalledConnection_isGivenUp() {
    server.stallAfter(CUT);
    Download download = new Download(target, server.url("/file"), sha256, Duration.ofSeconds(1));
    assertThatThrownBy(() -> download.run((done, total) -> {}))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("nothing came for 1 s");
  }

  @Test
  void changedFile_startsAnew() throws Exception {
    leavePart();
    byte[] other = bytes(2);
    server.change(other, "\"two\"");
    get("/file", sum(other));
    assertComplete(other);
  }

  @Test
  void serverWithoutRanges_startsAnew() throws Exception {
    leavePart();
    server.forgetRanges();
    get("/file", sha256);
    assertComplete(content);
  }

  @Test
  void serverWithoutVersions_isNotAskedToGoOn() throws Exception {
    leavePart();
    Files.delete(target.resolveSibling("weights.pth.part.version"));
    server.change(content, "");
    get("/file", sha256);
    assertThat(server.ranges()).containsExactly("all");
    assertComplete(content);
  }

  @Test
  void completePart_isOnlyChecked() throws Exception {
    leavePart();
    Files.write(part(), content);
    get("/file", sha256);
    assertComplete(content);
  }

  @Test
  void longerPart_startsAnew() throws Exception {
    leavePart();
    Files.write(part(), new byte[SIZE + 5]);
    get("/file", sha256);
    assertThat(server.ranges()).containsExactly("bytes=300005-", "all");
    assertComplete(content);
  }

  @Test
  void otherContent_isRefusedAndRemoved() throws Exception {
    server.change(bytes(3), "\"three\"");
    assertThatThrownBy(() -> get("/file", sha256))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("gave another file than expected: 300,000 bytes")
        .hasMessageContaining(sha256);
    assertThat(target.getParent()).isEmptyDirectory();
  }

  @Test
  void sumThatTheServerStates_isChecked() throws Exception {
    server.state(sha256);
    assertThat(get("/moved", "")).isEqualTo(new Download.Result(sha256, true, true));
    Files.delete(target);
    server.state("0".repeat(64));
    assertThatThrownBy(() -> get("/moved", "")).hasMessageContaining("another file than expected");
    server.state("no sum");
    assertThat(get("/moved", "").checked()).isFalse();
  }

  @Test
  void missingFile_isNamedWithItsStatus() throws IOException {
    assertThatThrownBy(() -> get("/elsewhere", sha256))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("/elsewhere: the server answers 404")
        .hasMessageContaining(target.toString());
    assertThat(target.getParent()).isEmptyDirectory();
  }

  @Test
  void noServer_isNamed() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    URI nowhere = URI.create("http://127.0.0.1:" + port + "/file");
    assertThatThrownBy(() -> new Download(target, nowhere, sha256).run((done, total) -> {}))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no connection")
        .hasMessageContaining("put it at " + target);
  }

  @Test
  void localFile_isCopied() throws Exception {
    Path mirror = Files.write(folder.resolve("mirror"), content);
    Download download = new Download(target, mirror.toUri(), sha256);
    assertThat(download.run((done, total) -> {}).checked()).isTrue();
    assertComplete(content);
    URI missing = folder.resolve("missing").toUri();
    Path other = folder.resolve("other");
    assertThatThrownBy(() -> new Download(other, missing, "").run((done, total) -> {}))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("check the path");
    URI ftp = URI.create("ftp://127.0.0.1/file");
    assertThatThrownBy(() -> new Download(other, ftp, "").run((done, total) -> {}))
        .hasMessageContaining("http, https or file");
  }

  @Test
  void folderThatCannotBeMade_isNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("a file"), "");
    Download download = new Download(file.resolve("w.pth"), server.url("/file"), sha256);
    assertThatThrownBy(() -> download.run((done, total) -> {}))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("can't write " + file.resolve("w.pth"));
  }

  @Test
  void secondDownloadOfTheSame_isRefused() throws IOException {
    Files.createDirectories(target.getParent());
    try (PartFile held = PartFile.open(target)) {
      assertThat(held.size()).isZero();
      assertThatThrownBy(() -> get("/file", sha256))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("is being written by another dar fetch");
    }
  }
}
