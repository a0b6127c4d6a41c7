package io.github.dar.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** The rates against those of the reference's two trainers. */
class LearningRateTest {

  /** Rows of the two tensors, which the file holds one after the other. */
  private static final int TOKENIZER_ROWS = 60;

  private static final int AR_ROWS = 11;

  @Test
  void tokenizerRates_areTheReferences() throws IOException {
    double[] values = values();
    for (int row = 0; row < TOKENIZER_ROWS; row++) {
      int warmup = (int) values[4 * row];
      int length = (int) values[4 * row + 1];
      long step = (long) values[4 * row + 2];
      double expected = values[4 * row + 3];
      ScheduleConfig schedule =
          length > 0
              ? schedule(Decay.COSINE, 2e-4, warmup, OptionalInt.empty(), OptionalInt.of(length))
              : constant(2e-4, warmup);
      assertThat(LearningRate.after(schedule, step))
          .as("warm-up %d, cosine %d, step %d", warmup, length, step)
          .isCloseTo(expected, within(1e-18));
    }
  }

  @Test
  void arRates_areTheReferences() throws IOException {
    double[] values = values();
    ScheduleConfig schedule =
        schedule(Decay.LINEAR, 1e-4, 0, OptionalInt.empty(), OptionalInt.of(60000));
    assertThat(schedule.decayStart()).hasValue(300000);
    assertThat(schedule.finalLr().getAsDouble()).isCloseTo(1e-5, within(1e-20));
    for (int row = 0; row < AR_ROWS; row++) {
      long finished = (long) values[4 * TOKENIZER_ROWS + 2 * row];
      double expected = values[4 * TOKENIZER_ROWS + 2 * row + 1];
      assertThat(LearningRate.after(schedule, finished))
          .as("finished %d", finished)
          .isCloseTo(expected, within(1e-18));
    }
  }

  @Test
  void linearDecay_afterWarmup_reachesZeroIfAsked() {
    ScheduleConfig schedule =
        new ScheduleConfig(
            100,
            1,
            20,
            Decay.LINEAR,
            OptionalInt.empty(),
            OptionalInt.empty(),
            OptionalDouble.of(0));
    assertThat(LearningRate.after(schedule, 0)).isZero();
    assertThat(LearningRate.after(schedule, 5)).isEqualTo(0.25);
    assertThat(LearningRate.after(schedule, 20)).isEqualTo(1);
    assertThat(LearningRate.after(schedule, 60)).isEqualTo(0.5);
    assertThat(LearningRate.after(schedule, 100)).isZero();
    assertThat(LearningRate.after(schedule, 1000)).isZero();
  }

  @Test
  void trialRun_shorterThanItsWarmup_isLegal() {
    ScheduleConfig schedule =
        Presets.fashionMnist("tokenizer_training.steps=3", "ar_training.steps=3")
            .requireTokenizerTraining("test")
            .training()
            .schedule();
    assertThat(LearningRate.after(schedule, 1)).isEqualTo(1e-3 / 200);
  }

  private static ScheduleConfig constant(double lr, int warmup) {
    return new ScheduleConfig(
        360000,
        lr,
        warmup,
        Decay.CONSTANT,
        OptionalInt.empty(),
        OptionalInt.empty(),
        OptionalDouble.empty());
  }

  private static ScheduleConfig schedule(
      Decay decay, double lr, int warmup, OptionalInt start, OptionalInt length) {
    return new ScheduleConfig(360000, lr, warmup, decay, start, length, OptionalDouble.empty());
  }

  /** All doubles of the file: 60 rows of 4, then 11 rows of 2. */
  private static double[] values() throws IOException {
    try (InputStream in = LearningRateTest.class.getResourceAsStream("schedules.safetensors")) {
      ByteBuffer file = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
      byte[] header = new byte[(int) file.getLong()];
      file.get(header);
      assertThat(new String(header, StandardCharsets.UTF_8).strip())
          .isEqualTo(
              "{\"tokenizer\":{\"dtype\":\"F64\",\"shape\":[60,4],\"data_offsets\":[0,1920]},"
                  + "\"ar\":{\"dtype\":\"F64\",\"shape\":[11,2],\"data_offsets\":[1920,2096]}}");
      double[] values = new double[file.remaining() / Double.BYTES];
      file.asDoubleBuffer().get(values);
      return values;
    }
  }
}
