package io.github.dar.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dar.config.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsLogTest {

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("metrics.jsonl");
  }

  @Test
  void read_lines_areSeriesByKey() throws IOException {
    Files.writeString(
        file,
        """
        {"step":10,"loss":1.5,"lr":1e-4,"phase":"warm-up"}

        {"step":20,"loss":NaN}
        {"step":20,"fid":33.25}
        {"loss":0.5,"step":30,"sizes":[1,2]}
        """);

    Map<String, Series> series = MetricsLog.read(file);

    assertThat(series.keySet()).containsExactly("loss", "lr", "fid");
    assertThat(series.get("loss").steps()).containsExactly(10, 20, 30);
    assertThat(series.get("loss").values()).containsExactly(1.5, Double.NaN, 0.5);
    assertThat(series.get("fid").steps()).containsExactly(20);
  }

  @Test
  void read_tornEnd_isLeftOut() throws IOException {
    Files.writeString(file, "{\"step\":1,\"loss\":2}\n{\"step\":2,\"lo");
    assertThat(MetricsLog.read(file).get("loss").steps()).containsExactly(1);

    Files.writeString(file, "{\"step\":1,\"loss\":2}\n{\"step\":2,\"loss\":1}");
    assertThat(MetricsLog.read(file).get("loss").steps()).containsExactly(1, 2);

    Files.write(file, new byte[] {'{', '"', (byte) 0xC3});
    assertThat(MetricsLog.read(file)).isEmpty();
  }

  @Test
  void read_runThatWentBack_takesWhatCameLater() throws IOException {
    Files.writeString(
        file,
        """
        {"step":1,"loss":9}
        {"step":2,"loss":8}
        {"step":3,"loss":7}
        {"step":2,"loss":6}
        """);

    Series loss = MetricsLog.read(file).get("loss");

    assertThat(loss.steps()).containsExactly(1, 2);
    assertThat(loss.values()).containsExactly(9, 6);
  }

  @Test
  void read_brokenLine_isNamed() throws IOException {
    for (String broken : new String[] {"{\"step\":2,", "{\"step\":2} {}", "not json"}) {
      Files.writeString(file, "{\"step\":1,\"loss\":2}\n" + broken + "\n");
      assertThatThrownBy(() -> MetricsLog.read(file))
          .isInstanceOf(UserException.class)
          .hasMessageStartingWith(file + ", line 2: not JSON (")
          .hasMessageEndingWith("); mend or delete that line");
    }
  }

  @Test
  void read_noStep_isNamed() throws IOException {
    for (String broken : new String[] {"{\"loss\":2}", "{\"step\":\"two\"}", "[1]", "3"}) {
      Files.writeString(file, broken + "\n");
      assertThatThrownBy(() -> MetricsLog.read(file))
          .isInstanceOf(UserException.class)
          .hasMessage(file + ", line 1: no \"step\" with a number; mend or delete that line");
    }
  }

  @Test
  void read_noFile_isNamed() {
    assertThatThrownBy(() -> MetricsLog.read(file))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(file.toString());
  }
}
