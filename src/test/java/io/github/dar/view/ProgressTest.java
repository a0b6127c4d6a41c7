package io.github.dar.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressTest {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final AtomicLong nanos = new AtomicLong(12345);

  @Test
  void update_noTerminal_firstThenNowAndThenAndLast() {
    try (Progress progress = progress(false, 80, 0, 100)) {
      for (int i = 1; i <= 100; i++) {
        sleep(1000);
        progress.update(i, "loss " + i);
      }
    }

    assertThat(text())
        .isEqualTo(
            """
            train: 1%, 1/100 step, 1.0 step/s, ETA 1:39, loss 1
            train: 31%, 31/100 step, 1.0 step/s, ETA 1:09, loss 31
            train: 61%, 61/100 step, 1.0 step/s, ETA 0:39, loss 61
            train: 91%, 91/100 step, 1.0 step/s, ETA 0:09, loss 91
            train: 100%, 100/100 step, 1.0 step/s, in 1:40, loss 100
            """);
  }

  @Test
  void update_terminal_redrawsOneLineTenTimesASecond() {
    try (Progress progress = progress(true, 80, 0, 1000)) {
      for (int i = 1; i <= 1000; i++) {
        sleep(1);
        progress.step();
      }
    }

    String text = text();
    assertThat(text.split("\r", -1)).hasSize(1 + 10 + 1); // nothing, the first and nine, the last
    assertThat(text).endsWith("\n").containsOnlyOnce("\n");
    assertThat(text)
        .contains("\r<Ktrain ━━━━━━━━━───────────────────── ")
        .contains(
            "\r<Ktrain ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 100%  1000/1000 step  1000 step/s  in 0:01");
  }

  @Test
  void update_narrowTerminal_neverWraps() {
    for (int columns = 1; columns < 100; columns++) {
      bytes.reset();
      Progress progress = progress(true, columns, 0, 1000);
      sleep(200);
      progress.update(400, "loss 0.12345");

      assertThat(text().replace("\r<K", "").length()).isLessThan(columns);
    }
  }

  @Test
  void report_noTerminal_isThePlainLine_andNotTooOften() {
    try (Progress progress = progress(false, 80, 0, 100)) {
      for (int i = 1; i <= 30; i++) {
        sleep(1000);
        progress.report(i, "loss " + i, i == 30);
        progress.update(i, "");
      }
    }

    assertThat(text())
        .isEqualTo(
            """
            train: 1%, 1/100 step, ETA 1:39, loss 1
            train: 11%, 11/100 step, ETA 1:29, loss 11
            train: 21%, 21/100 step, ETA 1:19, loss 21
            train: 30%, 30/100 step, ETA 1:10, loss 30
            train: 30%, 30/100 step, 1.0 step/s, in 0:30
            """);
  }

  @Test
  void report_terminal_staysAboveTheBar() {
    try (Progress progress = progress(true, 80, 0, 100)) {
      sleep(1000);
      progress.update(1, "");
      sleep(1000);
      progress.report(2, "loss 2", false);
    }

    assertThat(text()).contains("\r<Ktrain 2/100  loss 2\n\r<Ktrain ─");
  }

  @Test
  void update_resumed_rateIsOfThisRunOnly() {
    try (Progress progress = progress(false, 80, 900, 1000)) {
      sleep(30_000);
      progress.update(910);
    }

    assertThat(text())
        .isEqualTo(
            """
            train: 91%, 910/1000 step, 3.0 s/step, ETA 4:30
            train: 91%, 910/1000 step, 3.0 s/step, in 0:30
            """);
  }

  @Test
  void update_slowStart_isForgotten() {
    Progress progress = progress(false, 80, 0, 1000);
    sleep(60_000);
    progress.update(1);
    for (int i = 1; i <= 10; i++) {
      sleep(30_000);
      progress.update(1 + 30 * i);
    }

    assertThat(text().lines().reduce((first, last) -> last).orElseThrow())
        .isEqualTo("train: 30%, 301/1000 step, 1.0 s/step, ETA 11:39");
  }

  @Test
  void update_totalUnknown_counts() {
    Progress progress = progress(false, 80, 0, 0);
    sleep(1000);
    progress.update(250);
    bytes.reset();
    sleep(199_999_000);
    progress.close();
    progress.close();
    progress.update(300);

    assertThat(text()).isEqualTo("train: 250 step, 800.0 s/step, in 2d 07h\n");
  }

  @Test
  void print_terminal_standsAboveTheBar() {
    Progress progress = progress(true, 60, 0, 10);
    progress.print("before");
    progress.update(1);
    progress.print("saved");

    assertThat(text()).startsWith("before\n\r<Ktrain ━━").contains("\r<Ksaved\n\r<Ktrain ━━");
  }

  private Progress progress(boolean terminal, int columns, long from, long total) {
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    return new Progress(
        new Progress.Output(out, terminal, columns, Duration.ofSeconds(30), nanos::get),
        "train",
        "step",
        from,
        total);
  }

  private void sleep(long millis) {
    nanos.addAndGet(millis * 1_000_000);
  }

  private String text() {
    return bytes.toString(StandardCharsets.UTF_8).replace("\u001b[", "<");
  }
}
