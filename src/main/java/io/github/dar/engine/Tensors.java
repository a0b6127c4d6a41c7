package io.github.dar.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.dar.weights.ByteSource;
import io.github.dar.weights.DType;
import io.github.dar.weights.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/**
 * Between tensors in host memory or files and arrays on a device, for every dtype, also those that
 * DJL aborts on (engine.md: BFLOAT16, INT16 and the unsigned ones): bytes go over as UINT8 and a
 * kernel reads them as the type.
 */
public final class Tensors {

  /** libtorch's number of float32. */
  public static final int FLOAT32 = 6;

  /** libtorch's number of bfloat16. */
  public static final int BF16 = 15;

  /** A piece that is copied at once: so small that it stays in the processor's cache. */
  private static final int CHUNK = 4 << 20;

  private final NDManager manager;
  private final Kernel kernel;

  /** Of one piece; used again and again, as the system takes its time to give such memory back. */
  private final ByteBuffer direct = ByteBuffer.allocateDirect(CHUNK).order(ByteOrder.nativeOrder());

  Tensors(NDManager manager) {
    this.manager = manager;
    this.kernel = Kernel.load(manager, Map.of(), "tensors");
  }

  /** Copies a tensor of any floating type into a float32 array owned by {@code into}. */
  public NDArray float32(NDManager into, HostTensor tensor) {
    return fill(into.create(new Shape(tensor.shape()), DataType.FLOAT32), tensor);
  }

  /** Copies a tensor into an existing array of the same number of elements, converting its type. */
  public synchronized NDArray fill(NDArray target, HostTensor tensor) {
    int width = tensor.dtype().bytes();
    try (NDManager scratch = manager.newSubManager()) {
      for (long done = 0; done < tensor.byteSize(); done += CHUNK) {
        direct.clear().limit((int) Math.min(CHUNK, tensor.byteSize() - done));
        tensor.read(done, direct);
        direct.flip();
        put(scratch, target, tensor.dtype(), done / width);
      }
    }
    return target;
  }

  /** The array over the buffer is no copy of it on a processor; a GPU has its own. */
  private void put(NDManager scratch, NDArray target, DType dtype, long offset) {
    int size = direct.limit();
    if (dtype == DType.F32) { // Spares a copy: weights are in this type as a rule.
      try (NDArray values =
          scratch.create(direct, new Shape(size / dtype.bytes()), DataType.FLOAT32)) {
        kernel.run(scratch, "put", target, values, offset);
      }
      return;
    }
    try (NDArray bytes = scratch.create(direct, new Shape(size), DataType.UINT8)) {
      kernel.run(scratch, "fill", target, bytes, number(dtype), offset);
    }
  }

  /** Copies an array into host memory; {@code dtype} must be the array's own. */
  public HostTensor download(NDArray array, DType dtype) {
    try (NDManager scratch = manager.newSubManager()) {
      NDArray bytes = kernel.run(scratch, "bytes", array).singletonOrThrow();
      return HostTensor.wrap(
          dtype,
          ByteBuffer.wrap(bytes.toByteArray()).order(ByteOrder.LITTLE_ENDIAN),
          array.getShape().getShape());
    }
  }

  /**
   * An array seen from host memory: each piece is copied when it is read, so that a network can be
   * written to a file without being in memory twice. Its values are those the array has then.
   *
   * @param dtype the array's own
   */
  public HostTensor streamed(NDArray array, DType dtype) {
    long[] shape = array.getShape().getShape();
    long size = array.getShape().size() * dtype.bytes();
    return HostTensor.of(
        dtype,
        new ByteSource() {
          @Override
          public long size() {
            return size;
          }

          @Override
          public ByteBuffer slice(long offset, int length) {
            long from = offset / dtype.bytes();
            long to = (offset + length + dtype.bytes() - 1) / dtype.bytes();
            int skip = (int) (offset - from * dtype.bytes());
            return elements(array, from, to).slice(skip, length).order(ByteOrder.LITTLE_ENDIAN);
          }
        },
        shape);
  }

  private ByteBuffer elements(NDArray array, long from, long to) {
    try (NDManager scratch = manager.newSubManager()) {
      NDArray flat = array.reshape(-1);
      flat.attach(scratch);
      NDArray bytes =
          kernel.run(scratch, "bytes", flat.get(new NDIndex("{}:{}", from, to))).singletonOrThrow();
      return ByteBuffer.wrap(bytes.toByteArray()).asReadOnlyBuffer();
    }
  }

  /**
   * A copy in another type.
   *
   * @param dtype libtorch's number
   */
  public NDArray cast(NDManager into, NDArray array, int dtype) {
    return kernel.run(into, "cast", array, dtype).singletonOrThrow();
  }

  /**
   * A copy that can take part in a training call: what a kernel has computed in inference mode
   * can't.
   */
  public NDArray constant(NDManager into, NDArray array) {
    return kernel.constant(into, "copy", array).singletonOrThrow();
  }

  private static int number(DType dtype) {
    return switch (dtype) {
      case U8 -> 0;
      case I8 -> 1;
      case I16 -> 2;
      case I32 -> 3;
      case I64 -> 4;
      case F16 -> 5;
      case F32 -> FLOAT32;
      case F64 -> 7;
      case BOOL -> 11;
      case BF16 -> BF16;
      default -> throw new IllegalArgumentException("no network computes with " + dtype);
    };
  }
}
