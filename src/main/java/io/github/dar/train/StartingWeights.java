package io.github.dar.train;

import io.github.dar.weights.HostTensor;
import java.util.List;
import java.util.Map;

/**
 * Weights that another training has made and a new one starts from ({@code --init}).
 *
 * @param source what the user calls them
 * @param tensors by the reference's names, readable as long as their file is open
 * @param classes the names of the classes in order, or none if they aren't known
 */
public record StartingWeights(
    String source, Map<String, HostTensor> tensors, List<String> classes) {

  /** Copies the names. */
  public StartingWeights {
    classes = List.copyOf(classes);
  }
}
