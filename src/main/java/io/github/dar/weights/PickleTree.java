package io.github.dar.weights;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Turns what a pickle holds into an unmodifiable tree of maps, lists, sets, plain values and
 * tensors. A value that is used twice appears twice, a tensor as the same object; loops and trees
 * that explode are refused.
 */
final class PickleTree {

  private static final int DEEPEST = 100;
  private static final int MOST_NODES = 5_000_000;

  /** Finds the bytes of a storage. */
  @FunctionalInterface
  interface Storages {
    ByteSource bytes(TorchStorage storage) throws PickleException;
  }

  private final Storages storages;
  private final Map<TorchTensor, HostTensor> tensors = new IdentityHashMap<>();
  private int nodes;

  private PickleTree(Storages storages) {
    this.storages = storages;
  }

  static Object of(Object root, Storages storages) throws PickleException {
    return new PickleTree(storages).node(root, 0);
  }

  private Object node(Object value, int depth) throws PickleException {
    if (depth > DEEPEST || ++nodes > MOST_NODES) {
      throw new PickleException("its values are nested in each other without end");
    }
    if (value instanceof Map<?, ?> map) {
      return map(map, depth);
    } else if (value instanceof List<?> list) {
      List<Object> copy = new ArrayList<>(list.size());
      for (Object element : list) {
        copy.add(node(element, depth + 1));
      }
      return Collections.unmodifiableList(copy);
    } else if (value instanceof Set<?> set) {
      nodes += set.size();
      return Collections.unmodifiableSet(new LinkedHashSet<>(set));
    } else if (value instanceof PickleNames.Instance instance) {
      return instance(instance, depth);
    } else if (value instanceof TorchTensor tensor) {
      HostTensor known = tensors.get(tensor);
      if (known == null) {
        known = tensor.over(storages.bytes(tensor.storage()));
        tensors.put(tensor, known);
      }
      return known;
    } else if (value == null
        || value instanceof String
        || value instanceof Number
        || value instanceof Boolean
        || value instanceof byte[]
        || value instanceof DType) {
      return value;
    }
    throw new PickleException("it keeps a storage, class or function as a value");
  }

  private Object map(Map<?, ?> map, int depth) throws PickleException {
    Map<Object, Object> copy = new LinkedHashMap<>();
    Set<String> paths = new HashSet<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (!paths.add(String.valueOf(entry.getKey()))) {
        throw new PickleException("it has a dict with two keys that read " + entry.getKey());
      }
      copy.put(entry.getKey(), node(entry.getValue(), depth + 1));
    }
    return Collections.unmodifiableMap(copy);
  }

  private Object instance(PickleNames.Instance instance, int depth) throws PickleException {
    return switch (instance.type()) {
      case NAMESPACE -> map(instance.attributes(), depth);
      case CONFIG -> {
        if (!(instance.attributes().get("_data") instanceof Map<?, ?> data)) {
          throw new PickleException("it has a Config without data");
        }
        yield map(data, depth);
      }
    };
  }
}
