package io.github.dar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.dar.config.UserException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class DiskSpaceTest {

  @TempDir private Path temp;

  @Test
  void tooLittle_isSaidWithFolderAndBytes() {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> DiskSpace.require("--out", Path.of("models/x"), 2_576_346_512L, 999))
        .withMessage(
            "--out models/x: 2,576,346,512 bytes are needed there and its disk has 999 free; free some space or give another folder");
    assertThatCode(() -> DiskSpace.require("--out", Path.of("x"), 5, 5)).doesNotThrowAnyException();
  }

  @Test
  void folderThatIsNotThereYet_isOnTheDiskOfTheNextOneUp() {
    Path folder = temp.resolve("a/b/c");
    assertThatCode(() -> DiskSpace.require("--out", folder, 1)).doesNotThrowAnyException();
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> DiskSpace.require("--out", folder, Long.MAX_VALUE))
        .withMessageContaining(folder.toString());
    assertThat(Files.exists(temp.resolve("a"))).isFalse();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void convertToADiskWithoutRoom_isRefusedBeforeTheWork() {
    Cli.Result result =
        Cli.run("convert", "--ar", Cli.checkpoint("ar_bare.pt"), "--out", "/proc/dar-model");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .hasLineCount(1)
        .startsWith("dar: --out /proc/dar-model: ")
        .contains("its disk has 0 free");
  }
}
