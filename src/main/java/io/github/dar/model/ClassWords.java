package io.github.dar.model;

import io.github.dar.config.UserException;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import io.github.dar.weights.HostTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * First values of the classes' embeddings, from the words of their names ({@code initial_classes:
 * words}): classes that share words begin alike. The network is the reference's.
 *
 * <p>A word is a run of letters and digits, whatever their case. Each has a random vector; a class
 * begins with the sum of its words' vectors, beside its own random values, which tell apart classes
 * of the same words.
 */
public final class ClassWords {

  private static final String TABLE = "cls_embedding.embedding_table.weight";

  // Well above the 0.02 of fresh values: what single images do to the row of their class, a step of
  // the learning rate each, must not hide it.
  private static final double STD = 0.2;

  private ClassWords() {}

  /**
   * Changes fresh weights. The row of "no class" stays.
   *
   * @param fresh of a transformer
   * @param names of all classes, in order
   * @param seed of the vectors that are drawn
   * @throws UserException if there are no names
   */
  public static void into(Weights fresh, List<String> names, long seed) {
    check(names);
    Map<String, HostTensor> tensors = fresh.toHost();
    HostTensor table = tensors.get(TABLE);
    float[] values = table.toFloats();
    int width = (int) table.shape()[1];
    Map<String, float[]> vectors = new HashMap<>();
    for (int row = 0; row < names.size(); row++) {
      List<String> words = words(names.get(row));
      for (String word : words) {
        float[] vector = vectors.get(word);
        if (vector == null) {
          vector = new float[width];
          RandomStream.of(seed, Purpose.CLASS_WORDS, vectors.size()).gaussians(vector, 0, width);
          vectors.put(word, vector);
        }
        for (int i = 0; i < width; i++) {
          values[row * width + i] += (float) (vector[i] * STD / Math.sqrt(words.size()));
        }
      }
    }
    tensors.put(TABLE, HostTensor.of(values, table.shape()));
    fresh.set(tensors);
  }

  /**
   * Refuses classes without names.
   *
   * @throws UserException if there are none
   */
  public static void check(List<String> names) {
    if (names.isEmpty()) {
      throw new UserException(
          "ar_training.initial_classes is words, but the classes have no names: set classes, or take"
              + " reference");
    }
  }

  private static List<String> words(String name) {
    List<String> out =
        new ArrayList<>(List.of(name.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+")));
    out.removeIf(String::isEmpty);
    return out;
  }
}
