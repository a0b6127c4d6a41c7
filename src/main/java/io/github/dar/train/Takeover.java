package io.github.dar.train;

import io.github.dar.config.UserException;
import io.github.dar.model.ParameterSpec;
import io.github.dar.model.Weights;
import io.github.dar.weights.HostTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What of other weights a network can start from. Tensors of equal name and shape are taken over;
 * of tables with another number of rows (classes, codes) the rows that both have; the rest is new.
 * Queries need nothing: their tables have the same rows whatever the number in use.
 */
public final class Takeover {

  private static final String CLASSES = "cls_embedding.embedding_table.weight";

  /** Tables with a row a code. Their common rows are worth something where a codebook has grown. */
  private static final Set<String> CODES =
      Set.of("quantize.embedding.weight", "tok_embeddings.weight", "output.weight");

  private static final int SHOWN = 12;

  private final StartingWeights from;
  private final Map<String, HostTensor> whole = new LinkedHashMap<>();
  private final Map<String, Rows> partly = new LinkedHashMap<>();
  private final List<String> fresh = new ArrayList<>();
  private final Set<String> leftOut;
  private long values;
  private long valuesTaken;

  /**
   * Rows of a table.
   *
   * @param from for each row the one that it is taken from, or -1 for a new one
   * @param by how they were matched
   */
  private record Rows(int[] from, String by) {
    long taken() {
      return Arrays.stream(from).filter(row -> row >= 0).count();
    }

    boolean isWhole(HostTensor source) {
      boolean same = from.length == source.shape()[0];
      for (int i = 0; i < from.length && same; i++) {
        same = from[i] == i;
      }
      return same;
    }
  }

  private Takeover(StartingWeights from) {
    this.from = from;
    this.leftOut = new LinkedHashSet<>(from.tensors().keySet());
  }

  /**
   * Finds out what fits; changes nothing yet.
   *
   * @param specs of the network that starts
   * @param classes names of its classes, or none
   * @param numClasses how many it has; the class table has a row more for no class, or not
   * @throws UserException if nothing fits
   */
  public static Takeover of(
      StartingWeights from, List<ParameterSpec> specs, List<String> classes, int numClasses) {
    Takeover out = new Takeover(from);
    specs.forEach(spec -> out.add(spec, classes, numClasses));
    if (out.whole.isEmpty() && out.partly.isEmpty()) {
      throw new UserException(
          "--init %s: none of its %d tensors fits this network; give the same kind of model, of the same widths"
              .formatted(from.source(), from.tensors().size()));
    }
    return out;
  }

  private void add(ParameterSpec spec, List<String> classes, int numClasses) {
    String name = spec.name();
    HostTensor source = from.tensors().get(name);
    values += spec.elements();
    if (source == null || !sameColumns(spec.shape(), source.shape())) {
      fresh.add(name);
      return;
    }
    boolean sameShape = Arrays.equals(spec.shape(), source.shape());
    int height = spec.shape().length == 0 ? 1 : (int) spec.shape()[0];
    Rows rows;
    if (name.equals(CLASSES)) {
      rows = classRows(height, (int) source.shape()[0], classes, numClasses);
    } else if (CODES.contains(name) && !sameShape) {
      rows = commonRows(height, (int) source.shape()[0]);
    } else if (sameShape) {
      take(spec, source);
      return;
    } else {
      fresh.add(name);
      return;
    }
    if (rows.isWhole(source)) {
      take(spec, source);
    } else {
      leftOut.remove(name);
      partly.put(name, rows);
      valuesTaken += spec.elements() / height * rows.taken();
    }
  }

  private void take(ParameterSpec spec, HostTensor source) {
    leftOut.remove(spec.name());
    whole.put(spec.name(), source);
    valuesTaken += spec.elements();
  }

  private static boolean sameColumns(long[] a, long[] b) {
    return a.length == b.length
        && (a.length == 0
            || Arrays.equals(
                Arrays.copyOfRange(a, 1, a.length), Arrays.copyOfRange(b, 1, b.length)));
  }

  /** Classes by name where both have names, else by number; the row for no class is the last. */
  private Rows classRows(int height, int sourceHeight, List<String> classes, int numClasses) {
    int sourceClasses = from.classes().isEmpty() ? sourceHeight - 1 : from.classes().size();
    boolean byName = !from.classes().isEmpty() && !classes.isEmpty();
    int[] rows = new int[height];
    for (int row = 0; row < height; row++) {
      if (row == numClasses) {
        rows[row] = sourceHeight > sourceClasses ? sourceHeight - 1 : -1;
      } else if (byName) {
        rows[row] = from.classes().indexOf(classes.get(row));
      } else {
        rows[row] = row < sourceClasses ? row : -1;
      }
    }
    return new Rows(rows, byName ? "by the names of the classes" : "by the numbers of the classes");
  }

  private static Rows commonRows(int height, int sourceHeight) {
    int[] rows = new int[height];
    for (int row = 0; row < height; row++) {
      rows[row] = row < sourceHeight ? row : -1;
    }
    return new Rows(rows, "by their numbers");
  }

  /** Overwrites what fits; what is new stays as it is. */
  void into(Weights weights) {
    Map<String, HostTensor> all = new LinkedHashMap<>(weights.toHost());
    all.putAll(whole);
    partly.forEach(
        (name, rows) ->
            all.put(name, merged(all.get(name), from.tensors().get(name), rows.from())));
    weights.set(all);
  }

  private static HostTensor merged(HostTensor fresh, HostTensor source, int[] rows) {
    float[] values = fresh.toFloats();
    int width = values.length / rows.length;
    for (int row = 0; row < rows.length; row++) {
      if (rows[row] >= 0) {
        float[] taken = source.rows(rows[row], rows[row] + 1L).toFloats();
        System.arraycopy(taken, 0, values, row * width, width);
      }
    }
    return HostTensor.of(values, fresh.shape());
  }

  /** Everything, listed for people: the names of layers with a star for their numbers. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "--init %s: %.1f%% of the values are taken over"
            .formatted(from.source(), 100.0 * valuesTaken / values));
    lines.add(
        "  taken over: "
            + whole.size()
            + " of "
            + (whole.size() + partly.size() + fresh.size())
            + " tensors");
    partly.forEach(
        (name, rows) ->
            lines.add(
                "  partly: %s, %d of %d rows, %s"
                    .formatted(name, rows.taken(), rows.from().length, rows.by())));
    list(lines, "new", fresh);
    list(lines, "left out", leftOut);
    return lines;
  }

  private static void list(List<String> lines, String what, Collection<String> names) {
    if (names.isEmpty()) {
      return;
    }
    Map<String, Integer> kinds = kinds(names, "\\.\\d+\\.", ".*.");
    if (kinds.size() > SHOWN) {
      kinds = kinds(names, "\\.\\d+\\..*", ".*");
    }
    List<String> words =
        kinds.entrySet().stream()
            .limit(SHOWN)
            .map(e -> e.getKey() + (e.getValue() > 1 ? " (" + e.getValue() + ")" : ""))
            .toList();
    String more = kinds.size() > SHOWN ? " and " + (kinds.size() - SHOWN) + " kinds more" : "";
    lines.add("  " + what + ": " + String.join(", ", words) + more);
  }

  /** Counts names that differ only in what a pattern stands for. */
  private static Map<String, Integer> kinds(Collection<String> names, String pattern, String as) {
    Map<String, Integer> kinds = new LinkedHashMap<>();
    names.forEach(name -> kinds.merge(name.replaceAll(pattern, as), 1, Integer::sum));
    return kinds;
  }

  /** The same for scripts, with all names. */
  public Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("from", from.source());
    fields.put("taken_over", whole.keySet());
    Map<String, Long> rows = new LinkedHashMap<>();
    partly.forEach((name, taken) -> rows.put(name, taken.taken()));
    fields.put("partly", rows);
    fields.put("new", fresh);
    fields.put("left_out", leftOut);
    return fields;
  }
}
