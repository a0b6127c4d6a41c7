package io.github.dar.weights;

import java.util.List;
import java.util.Optional;

/**
 * A stretch of memory that tensors of a checkpoint share, as its pickle describes it.
 *
 * @param key names the record with its bytes
 * @param dtype empty if the storage is untyped and {@code elements} counts bytes
 */
record TorchStorage(String key, Optional<DType> dtype, long elements) {

  /**
   * The class of a storage.
   *
   * @param dtype empty for the untyped one
   */
  record Type(Optional<DType> dtype) {}

  /** Reads what {@code torch.save} writes in place of a storage. */
  static TorchStorage of(Object id) throws PickleException {
    // (marker, class, key, device, size); legacy files append the view of another storage.
    if (id instanceof List<?> parts
        && parts.size() >= 5
        && "storage".equals(parts.get(0))
        && parts.get(1) instanceof Type type
        && parts.get(2) instanceof String key
        && parts.get(4) instanceof Long elements
        && (parts.size() == 5 || parts.size() == 6 && parts.get(5) == null)) {
      TorchStorage storage = new TorchStorage(key, type.dtype, elements);
      if (elements < 0 || elements > Long.MAX_VALUE / storage.width()) {
        throw new PickleException("its storage " + key + " has an absurd size of " + elements);
      }
      return storage;
    }
    throw new PickleException("it refers to something outside that is no storage");
  }

  private int width() {
    return dtype.map(DType::bytes).orElse(1);
  }

  long bytes() {
    return elements * width();
  }
}
