package io.github.dar.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.dar.config.Precision;
import io.github.dar.config.UserException;
import io.github.dar.engine.Compute;
import io.github.dar.testing.TinyRun;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClassWordsTest {

  private static final String TABLE = "cls_embedding.embedding_table.weight";
  private static final List<String> NAMES =
      List.of("red star on waves", "Red-Star on dots", "blue heart, plain", "blue heart (plain)");

  private static float[][] rows(List<String> names) {
    var network = TinyRun.config("ar.num_classes=4").model().requireAr("test");
    try (Compute compute = Compute.open("cpu", Precision.FP32, 1);
        Weights weights = Weights.initial(compute, Transformer.parameters(network), 3)) {
      if (!names.isEmpty()) {
        ClassWords.into(weights, names, 3);
      }
      float[] flat = weights.arrays().get(TABLE).toFloatArray();
      int width = flat.length / 5;
      float[][] out = new float[5][];
      for (int i = 0; i < 5; i++) {
        out[i] = Arrays.copyOfRange(flat, i * width, (i + 1) * width);
      }
      return out;
    }
  }

  private static double cosine(float[] a, float[] b) {
    return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  @Test
  void classes_areAsAlikeAsTheirNames() {
    float[][] rows = rows(NAMES);
    assertThat(cosine(rows[0], rows[1])).as("3 of 4 words").isCloseTo(0.75, within(0.2));
    assertThat(cosine(rows[0], rows[2])).as("no word").isCloseTo(0, within(0.4));
    assertThat(cosine(rows[2], rows[3])).as("the same words").isGreaterThan(0.95);
    assertThat(rows[2]).as("still another class").isNotEqualTo(rows[3]);
  }

  @Test
  void theRowOfNoClass_staysAsItWas() {
    assertThat(rows(NAMES)[4]).containsExactly(rows(List.of())[4]);
  }

  @Test
  void classesWithoutNames_areRefused() {
    assertThatThrownBy(() -> ClassWords.into(null, List.of(), 3))
        .isInstanceOf(UserException.class)
        .hasMessageContainingAll("initial_classes", "set classes");
  }
}
