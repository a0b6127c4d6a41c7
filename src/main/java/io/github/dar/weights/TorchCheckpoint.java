package io.github.dar.weights;

import io.github.dar.config.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An open PyTorch checkpoint ({@code .pt}, {@code .pth}): a tree of dicts, lists, plain values and
 * tensors. Nothing a checkpoint names is ever run, and the values of tensors are read only when
 * asked for.
 */
public final class TorchCheckpoint implements TensorFile {

  /** Where weights are looked for, in this order; failing these, the whole file is one dict. */
  private static final List<String> USUAL = List.of("model", "module", "state_dict");

  /** What compiling and data parallel training put before every name. */
  private static final List<String> PREFIXES = List.of("_orig_mod.", "module.");

  private final Path file;
  private final TorchContainer container;
  private final Object root;

  private TorchCheckpoint(Path file, TorchContainer container, Object root) {
    this.file = file;
    this.container = container;
    this.root = root;
  }

  /**
   * A value with nothing below it.
   *
   * @param path the keys and indices that lead to it, joined by {@code /}
   * @param value null (None), {@code Boolean}, {@code Long}, {@code BigInteger}, {@code Double},
   *     {@code String}, {@code byte[]}, {@link DType}, {@link HostTensor}, a set, or an empty list
   *     or map
   */
  public record Leaf(String path, Object value) {}

  /** Opens a checkpoint of either container; refuses whatever is not plain data. */
  public static TorchCheckpoint open(Path file) {
    TorchContainer container = null;
    TorchCheckpoint checkpoint = null;
    try {
      container = container(file);
      checkpoint = new TorchCheckpoint(file, container, container.load());
      return checkpoint;
    } catch (PickleException e) {
      throw new UserException(file + " is refused: " + e.getMessage() + "; " + e.mend(), e);
    } catch (IOException e) {
      throw Failures.unreadable(file, e);
    } finally {
      if (checkpoint == null && container != null) {
        container.close();
      }
    }
  }

  private static TorchContainer container(Path file) throws IOException {
    byte[] start;
    try (InputStream in = Files.newInputStream(file)) {
      start = in.readNBytes(2);
    }
    if (start.length == 2 && start[0] == 'P' && start[1] == 'K') {
      return TorchZip.open(file);
    }
    if (start.length == 2 && start[0] == (byte) 0x80) {
      return TorchLegacy.open(file);
    }
    throw new UserException(
        file
            + (start.length == 0 ? " is empty" : " is not a PyTorch checkpoint")
            + "; check the path or download it again");
  }

  /**
   * Returns what the file holds: unmodifiable maps, lists (tuples too) and sets of the values that
   * {@link Leaf} names, in the order of the file. An {@code argparse.Namespace} and the reference's
   * {@code Config} are maps.
   */
  public Object root() {
    return root;
  }

  /**
   * Returns the value under some keys, such as {@code "config", "model"}. Empty if there is none or
   * if it is None. Integer keys and list indices are given as text.
   */
  public Optional<Object> find(String... keys) {
    Object node = root;
    for (String key : keys) {
      node = children(node).get(key);
    }
    return Optional.ofNullable(node);
  }

  /** Returns all values with nothing below them, in the order of the file. */
  public List<Leaf> leaves() {
    List<Leaf> leaves = new ArrayList<>();
    addLeaves("", root, leaves);
    return leaves;
  }

  private static void addLeaves(String path, Object node, List<Leaf> leaves) {
    Map<String, Object> children = children(node);
    if (children.isEmpty()) {
      leaves.add(new Leaf(path, node));
    }
    children.forEach(
        (key, child) -> addLeaves(path.isEmpty() ? key : path + "/" + key, child, leaves));
  }

  private static Map<String, Object> children(Object node) {
    Map<String, Object> children = new LinkedHashMap<>();
    if (node instanceof Map<?, ?> map) {
      map.forEach((key, value) -> children.put(String.valueOf(key), value));
    } else if (node instanceof List<?> list) {
      for (Object value : list) {
        children.put(Integer.toString(children.size()), value);
      }
    }
    return children;
  }

  /** Returns every tensor of the file by its path, optimizer state included. */
  @Override
  public Map<String, HostTensor> tensors() {
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    for (Leaf leaf : leaves()) {
      if (leaf.value() instanceof HostTensor tensor && tensors.put(leaf.path(), tensor) != null) {
        throw new UserException(
            file + " has two tensors at " + leaf.path() + "; save one of them elsewhere");
      }
    }
    return Collections.unmodifiableMap(tensors);
  }

  @Override
  public Map<String, String> metadata() {
    return Map.of();
  }

  /**
   * Returns the weights: the dict under the first of the keys that is there, else under {@code
   * model}, {@code module} or {@code state_dict}, else the whole file. Prefixes that compiling and
   * parallel training gave to all names are removed.
   *
   * @param preferred keys to try first, such as {@code ema}
   */
  public Map<String, HostTensor> stateDict(String... preferred) {
    List<String> keys = new ArrayList<>(List.of(preferred));
    keys.addAll(USUAL);
    for (String key : keys) {
      if (children(root).get(key) instanceof Map<?, ?> dict) {
        return weights(dict, "its " + key);
      }
    }
    if (root instanceof Map<?, ?> dict
        && dict.values().stream().anyMatch(HostTensor.class::isInstance)) {
      return weights(dict, "it");
    }
    throw new UserException(
        file
            + " holds no weights: none of "
            + String.join(", ", keys)
            + " is among its keys "
            + children(root).keySet()
            + "; choose another file");
  }

  private Map<String, HostTensor> weights(Map<?, ?> dict, String where) {
    Map<String, HostTensor> weights = new LinkedHashMap<>();
    dict.forEach(
        (name, value) -> {
          if (!(name instanceof String text) || !(value instanceof HostTensor tensor)) {
            throw new UserException(
                file + " holds no plain weights: " + where + " has " + name + ", not a tensor");
          }
          weights.put(text, tensor);
        });
    return Collections.unmodifiableMap(withoutPrefixes(weights));
  }

  private static Map<String, HostTensor> withoutPrefixes(Map<String, HostTensor> weights) {
    for (String prefix : PREFIXES) {
      if (!weights.isEmpty() && allStartWith(weights.keySet(), prefix)) {
        Map<String, HostTensor> bare = new LinkedHashMap<>();
        weights.forEach((name, tensor) -> bare.put(name.substring(prefix.length()), tensor));
        return withoutPrefixes(bare);
      }
    }
    return weights;
  }

  private static boolean allStartWith(Collection<String> names, String prefix) {
    return names.stream().allMatch(name -> name.startsWith(prefix));
  }

  @Override
  public void close() {
    container.close();
  }
}
