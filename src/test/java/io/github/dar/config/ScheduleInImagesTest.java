package io.github.dar.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Schedules in images: steps once they are read. */
class ScheduleInImagesTest {

  private static TrainingConfig read(String keys, String... overrides) {
    String text = "{batch: 64, lr: 1e-3, " + keys + "}";
    return Yaml.parse(text, "test.yaml", TrainingConfig.class, List.of(overrides));
  }

  @Test
  void counts_areResolvedByTheBatch_roundedUp() {
    ScheduleConfig schedule =
        read("images: 60000, warmup_images: 640, schedule: linear, decay_start_images: 6400,"
                + " decay_images: 1")
            .schedule();
    assertThat(schedule.steps()).isEqualTo(938); // 937.5
    assertThat(schedule.warmupSteps()).isEqualTo(10);
    assertThat(schedule.decayStart()).hasValue(100);
    assertThat(schedule.decaySteps()).hasValue(1);
  }

  @Test
  void resolved_isPrintedInSteps_andReadsBackEqual() {
    TrainingConfig config = read("images: 6400, warmup_images: 640");
    String printed = Yaml.toYaml(config);
    assertThat(printed).contains("steps: 100", "warmup_steps: 10").doesNotContain("images");
    assertThat(Yaml.parse(printed, "printed", TrainingConfig.class)).isEqualTo(config);
    assertThat(config).isEqualTo(read("steps: 100, warmup_steps: 10"));
  }

  @Test
  void largeCounts_donNotOverflow() {
    assertThat(read("images: 2147483647").schedule().steps()).isEqualTo(33554432);
  }

  @Test
  void batchOfAnOverride_counts() {
    assertThat(read("images: 6400", "batch=128").schedule().steps()).isEqualTo(50);
  }

  @Test
  void override_inTheOtherUnit_replacesTheFiles() {
    assertThat(read("images: 6400", "steps=7").schedule().steps()).isEqualTo(7);
    assertThat(read("steps: 7", "images=6400").schedule().steps()).isEqualTo(100);
  }

  @Test
  void both_areRefused() {
    assertThatThrownBy(() -> read("steps: 7, images: 6400"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("test.yaml:1:")
        .hasMessageContaining(
            "'images' is in images what in steps is 'steps', which is there too; remove one");
  }

  @Test
  void neither_isMissing() {
    assertThatThrownBy(() -> read("warmup_images: 64"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("keys missing: steps");
  }

  @Test
  void negative_isRefused() {
    assertThatThrownBy(() -> read("steps: 7, warmup_images: -64"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("warmup_images is -64; it must be 0 or more");
  }

  @Test
  void batchOfZero_isRefusedAsSuch() {
    assertThatThrownBy(() -> read("images: 64", "batch=0"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("batch is 0; it must be 1 or more");
  }

  @Test
  void withoutABatch_imagesAreRefused() {
    assertThatThrownBy(() -> Yaml.parse("{images: 64, lr: 1}", "test.yaml", ScheduleConfig.class))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("images is 64; it needs batch beside it: add it");
  }
}
