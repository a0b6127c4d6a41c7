package io.github.dar.weights;

import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * A view of a storage as a pickle describes it, checked to lie within the storage.
 *
 * @param offset of the first element, in elements
 * @param strides in elements
 */
record TorchTensor(TorchStorage storage, DType dtype, long offset, long[] shape, long[] strides) {

  /**
   * Expanded tensors repeat a small storage. This many elements are believed; more would only serve
   * to exhaust the memory.
   */
  private static final long MOST_EXPANDED = 1L << 31;

  /** Reads the arguments storage, offset, shape and strides of PyTorch's functions. */
  static TorchTensor of(List<Object> args, DType dtype) throws PickleException {
    if (args.get(0) instanceof TorchStorage storage && args.get(1) instanceof Long offset) {
      TorchTensor tensor =
          new TorchTensor(
              storage,
              dtype == null ? storage.dtype().orElse(DType.U8) : dtype,
              offset,
              longs(args.get(2)),
              longs(args.get(3)));
      tensor.check();
      return tensor;
    }
    throw new PickleException("it has a tensor without storage or offset");
  }

  private static long[] longs(Object value) throws PickleException {
    if (!(value instanceof List<?> list)) {
      throw new PickleException("it has a tensor without shape or strides");
    }
    long[] result = new long[list.size()];
    for (int i = 0; i < result.length; i++) {
      if (!(list.get(i) instanceof Long number) || number < 0) {
        throw new PickleException("it has a tensor whose shape or strides are no sizes");
      }
      result[i] = number;
    }
    return result;
  }

  private void check() throws PickleException {
    long available = storage.bytes() / dtype.bytes();
    boolean inside;
    try {
      long elements = HostTensor.elements(shape);
      long last = offset;
      for (int dim = 0; dim < Math.min(shape.length, strides.length) && elements > 0; dim++) {
        last = Math.addExact(last, Math.multiplyExact(shape[dim] - 1, strides[dim]));
      }
      inside =
          shape.length == strides.length
              && offset >= 0
              && (elements == 0 || last < available)
              && elements <= Math.max(available, MOST_EXPANDED);
    } catch (ArithmeticException e) {
      inside = false;
    }
    if (!inside) {
      throw new PickleException(
          "a tensor of shape "
              + Arrays.toString(shape)
              + ", strides "
              + Arrays.toString(strides)
              + " and offset "
              + offset
              + " does not lie in its storage of "
              + available
              + " elements");
    }
  }

  /** Returns the tensor over the bytes of its storage. */
  HostTensor over(ByteSource bytes) {
    ByteSource data =
        StridedBytes.of(bytes, dtype.bytes(), ByteOrder.LITTLE_ENDIAN, offset, shape, strides);
    return HostTensor.of(dtype, data, shape);
  }
}
