package io.github.dar.weights;

import io.github.dar.config.UserException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Strict matching of the weights a model has with those a file holds. */
public final class StateDicts {

  /** So many names of a kind are shown before "and N more". */
  private static final int SHOWN = 8;

  private StateDicts() {}

  /**
   * What fits.
   *
   * @param tensors those to load, in the order of the model
   * @param missing optional names of the model that the file lacks
   * @param ignored optional names of the file that the model lacks
   */
  public record Match(Map<String, HostTensor> tensors, List<String> missing, List<String> ignored) {
    /** Copies. */
    public Match {
      tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
      missing = List.copyOf(missing);
      ignored = List.copyOf(ignored);
    }
  }

  /**
   * Matches names and shapes.
   *
   * @param source names the file in messages
   * @param expected names and shapes of the model
   * @param found what the file holds
   * @param optional names that may be missing, or there in vain
   * @throws UserException listing all names that are missing, unexpected or wrongly shaped
   */
  public static Match check(
      String source,
      Map<String, long[]> expected,
      Map<String, HostTensor> found,
      Collection<Predicate<String>> optional) {
    return check(source, expected, found, optional, "use the configuration they were trained with");
  }

  /**
   * Matches names and shapes.
   *
   * @param mend what to do where they don't match, as the end of a sentence
   */
  public static Match check(
      String source,
      Map<String, long[]> expected,
      Map<String, HostTensor> found,
      Collection<Predicate<String>> optional,
      String mend) {
    Predicate<String> dispensable = optional.stream().reduce(name -> false, Predicate::or);
    Map<String, HostTensor> fitting = new LinkedHashMap<>();
    List<String> absent = new ArrayList<>();
    List<String> misshapen = new ArrayList<>();
    expected.forEach(
        (name, shape) -> {
          HostTensor tensor = found.get(name);
          if (tensor == null) {
            absent.add(name);
          } else if (!Arrays.equals(tensor.shape(), shape)) {
            misshapen.add(
                name
                    + " is "
                    + Arrays.toString(tensor.shape())
                    + ", should be "
                    + Arrays.toString(shape));
          } else {
            fitting.put(name, tensor);
          }
        });
    List<String> surplus =
        found.keySet().stream().filter(name -> !expected.containsKey(name)).toList();

    List<String> complaints = new ArrayList<>();
    complain(complaints, "missing", absent.stream().filter(dispensable.negate()).toList());
    complain(complaints, "unexpected", surplus.stream().filter(dispensable.negate()).toList());
    complain(complaints, "wrongly shaped", misshapen);
    if (!complaints.isEmpty()) {
      throw new UserException(
          "the weights in "
              + source
              + " don't fit the model: "
              + String.join("; ", complaints)
              + "; "
              + mend);
    }
    return new Match(fitting, absent, surplus);
  }

  /**
   * Returns whether a name matches a pattern, in which {@code *} stands for any text, as in {@code
   * diff_decoder.net.repa_out.*}.
   */
  public static Predicate<String> names(String pattern) {
    String[] parts = pattern.split("\\*", -1);
    return name -> matches(name, parts);
  }

  private static boolean matches(String name, String[] parts) {
    if (parts.length == 1) {
      return name.equals(parts[0]);
    }
    String last = parts[parts.length - 1];
    if (!name.startsWith(parts[0])) {
      return false;
    }
    int at = parts[0].length();
    for (int i = 1; i < parts.length - 1; i++) {
      int next = name.indexOf(parts[i], at);
      if (next < 0) {
        return false;
      }
      at = next + parts[i].length();
    }
    return name.length() - last.length() >= at && name.endsWith(last);
  }

  private static void complain(List<String> complaints, String what, List<String> names) {
    if (names.isEmpty()) {
      return;
    }
    String shown = String.join(", ", names.subList(0, Math.min(SHOWN, names.size())));
    String more = names.size() > SHOWN ? " and " + (names.size() - SHOWN) + " more" : "";
    complaints.add(names.size() + " " + what + " (" + shown + more + ")");
  }
}
