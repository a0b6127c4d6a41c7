package io.github.dar.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.Precision;
import io.github.dar.config.UserException;
import io.github.dar.engine.Compute;
import io.github.dar.testing.Goldens;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The score against the reference's, against what it must be, and in any batches. */
class InceptionScoreTest {

  private static Compute compute;

  @BeforeAll
  static void open() {
    compute = Compute.open("cpu", Precision.FP32, 1);
  }

  @AfterAll
  static void close() {
    compute.close();
  }

  private static Spread score(InceptionScore score, NDArray probabilities, int batch) {
    try (score) {
      long n = probabilities.getShape().get(0);
      for (long i = 0; i < n; i += batch) {
        score.add(probabilities.get(i + ":" + Math.min(n, i + batch)));
      }
      return score.score();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "score, 100, 1e-6",
    "score_float64, 100, 1e-12",
    "score_one_split, 5000, 1e-6",
    "score_one_split, 300, 1e-6"
  })
  void score_equalsReference(String name, int split, double tolerance) {
    try (Goldens goldens = Goldens.open("eval/inception_score.safetensors")) {
      NDArray probabilities = goldens.array(compute.manager(), "probs");
      double expected = goldens.get(name).toDoubles()[0];
      for (int batch : new int[] {1, 64, 300}) {
        InceptionScore score = InceptionScore.consecutive(compute, 20, 300, split);
        assertThat(score(score, probabilities, batch).mean())
            .isCloseTo(expected, within(expected * tolerance));
      }
    }
  }

  /** n images of as many classes, each certain, class by class. */
  private static NDArray certain(int classes, int each) {
    float[] p = new float[classes * each * classes];
    for (int i = 0; i < classes * each; i++) {
      p[i * classes + i / each] = 1;
    }
    return compute.manager().create(p, new Shape((long) classes * each, classes));
  }

  @Test
  void certainImages_scoreTheNumberOfClasses() {
    InceptionScore score = InceptionScore.consecutive(compute, 10, 200, 200);
    Spread all = score(score, certain(10, 20), 50);
    assertThat(all.mean()).isCloseTo(10, within(1e-12));
    assertThat(all.deviation()).isZero();
  }

  @Test
  void imagesClassByClass_scoreRightOnlyWhenDealtOut() {
    NDArray sorted = certain(10, 100);
    InceptionScore consecutive = InceptionScore.consecutive(compute, 10, 1000, 100);
    assertThat(score(consecutive, sorted, 100).mean()).isCloseTo(1, within(1e-12));
    InceptionScore dealt = InceptionScore.dealt(compute, 10, 1000, 100, 3);
    Spread spread = score(dealt, sorted, 77);
    assertThat(spread.mean()).isBetween(9.0, 10.0);
    assertThat(spread.deviation()).isPositive();
    InceptionScore again = InceptionScore.dealt(compute, 10, 1000, 100, 3);
    assertThat(score(again, sorted, 1000)).isEqualTo(spread);
  }

  @Test
  void wrongInput_isRefused() {
    NDArray nan = compute.manager().create(new float[] {1, 0, Float.NaN, 0}, new Shape(2, 2));
    try (InceptionScore score = InceptionScore.consecutive(compute, 2, 10, 5)) {
      assertThatThrownBy(() -> score.add(nan))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("no number");
      assertThatThrownBy(() -> score.add(certain(3, 1)))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("not 2 numbers");
      assertThatThrownBy(score::score)
          .isInstanceOf(UserException.class)
          .hasMessageContaining("needs 2 images or more, here 0");
    }
  }
}
