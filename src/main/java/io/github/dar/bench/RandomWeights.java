package io.github.dar.bench;

import io.github.dar.engine.Compute;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import io.github.dar.model.ParameterSpec;
import io.github.dar.model.Weights;
import io.github.dar.weights.ByteSource;
import io.github.dar.weights.DType;
import io.github.dar.weights.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Weights whose values don't matter: one drawn block, repeated. A network of hundreds of millions
 * is there in a second or two so. None is 0, as a fresh network's gates and outputs are: no product
 * may be easier than a trained network's.
 */
final class RandomWeights {

  /** Odd, so that no two rows of a matrix are alike. */
  private static final int BLOCK = 1_000_003;

  private static final double DEVIATION = 0.02;

  private RandomWeights() {}

  static Weights draw(Compute compute, List<ParameterSpec> specs, long seed) {
    float[] values = new float[BLOCK];
    RandomStream.of(seed, Purpose.WEIGHT_INIT, 0).gaussians(values, 0, BLOCK);
    ByteBuffer drawn = ByteBuffer.allocate(BLOCK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      drawn.putFloat((float) (value * DEVIATION));
    }
    ByteBuffer ones = ByteBuffer.allocate(BLOCK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    while (ones.hasRemaining()) {
      ones.putFloat(1);
    }
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    for (ParameterSpec spec : specs) {
      ByteBuffer block = spec.init() == ParameterSpec.Init.ONES ? ones : drawn;
      ByteSource source = new Repeated(block, spec.elements() * Float.BYTES);
      tensors.put(spec.name(), HostTensor.of(DType.F32, source, spec.shape()));
    }
    return Weights.load(compute, specs, "random weights", tensors, List.of());
  }

  /** A block again and again, up to a size. */
  private record Repeated(ByteBuffer block, long size) implements ByteSource {

    @Override
    public ByteBuffer slice(long offset, int length) {
      ByteBuffer out = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
      int from = (int) (offset % block.capacity());
      while (out.hasRemaining()) {
        int count = Math.min(out.remaining(), block.capacity() - from);
        out.put(out.position(), block, from, count).position(out.position() + count);
        from = 0;
      }
      return out.flip();
    }
  }
}
