package io.github.dar.weights;

import java.io.Closeable;
import java.util.Map;
import java.util.Set;

/**
 * An open file of named tensors. Nothing but names, types and shapes is in memory; a tensor's
 * values are read from the file when asked for, until the file is closed.
 */
public interface TensorFile extends Closeable {

  /** Returns the tensors by name, in the order of the file; unmodifiable. */
  Map<String, HostTensor> tensors();

  /** Returns what the file says about itself; unmodifiable, often empty. */
  Map<String, String> metadata();

  /** Returns the names of the tensors in the order of the file. */
  default Set<String> names() {
    return tensors().keySet();
  }

  /**
   * Returns one tensor.
   *
   * @throws IllegalArgumentException if there is none of this name: a file that may lack one is
   *     checked by {@link StateDicts} first
   */
  default HostTensor get(String name) {
    HostTensor tensor = tensors().get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("no tensor " + name + " among " + names());
    }
    return tensor;
  }

  /** Closes the file. Slices read before stay valid. */
  @Override
  void close();
}
