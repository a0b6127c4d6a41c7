package io.github.dar.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dar.config.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowFileTest {

  @TempDir private Path folder;

  @Test
  void open_afterAKill_goesOnAfterTheLastWholeRow() throws IOException {
    Path path = folder.resolve("rows");
    try (RowFile rows = RowFile.open(path, "job", 3)) {
      rows.append(new float[] {1, 2, 3, 4, 5, 6});
    }
    Files.write(path, new byte[7], StandardOpenOption.APPEND);

    try (RowFile rows = RowFile.open(path, "job", 3)) {
      assertThat(rows.rows()).isEqualTo(2);
      rows.append(new float[] {7, 8, 9});
      assertThat(rows.read(0, 3, 0, 3)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9);
      assertThat(rows.read(1, 2, 1, 2)).containsExactly(5, 6, 8, 9);
      rows.truncate(1);
      assertThat(rows.rows()).isEqualTo(1);
    }
  }

  @Test
  void open_ofAnotherJob_beginsAnew() {
    Path path = folder.resolve("rows");
    try (RowFile rows = RowFile.open(path, "job", 1)) {
      rows.append(new float[] {1});
    }
    try (RowFile rows = RowFile.open(path, "other job", 1)) {
      assertThat(rows.rows()).isZero();
    }
    try (RowFile rows = RowFile.open(path, "other job", 2)) {
      assertThat(rows.rows()).isZero();
    }
  }

  @Test
  void open_ofWhatIsCutInItsHead_beginsAnew() throws IOException {
    Path path = folder.resolve("rows");
    Files.write(path, new byte[5]);
    try (RowFile rows = RowFile.open(path, "job", 1)) {
      assertThat(rows.rows()).isZero();
      rows.append(new float[] {4});
      assertThat(rows.read(0, 1, 0, 1)).containsExactly(4);
    }
  }

  @Test
  void open_twice_isRefused() {
    Path path = folder.resolve("rows");
    try (RowFile rows = RowFile.open(path, "job", 1)) {
      assertThat(rows.rows()).isZero();
      assertThatThrownBy(() -> RowFile.open(path, "job", 1))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("another dar");
    }
  }

  @Test
  void delete_leavesNothing() {
    Path path = folder.resolve("rows");
    RowFile.open(path, "job", 1).delete();
    assertThat(path).doesNotExist();
  }
}
