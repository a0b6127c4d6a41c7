package io.github.dar.bench;

import io.github.dar.engine.Compute;

/**
 * How large the measurements are: large enough for a machine to reach its limits, small enough to
 * be done in seconds.
 *
 * @param side of the square matrices
 * @param readBytes memory that is read, several times what caches hold
 * @param images of a training step
 * @param layers that a training step has at most, of those of the network
 * @param pictures that the input pipeline reads in a round
 */
public record BenchSize(int side, long readBytes, int images, int layers, int pictures) {

  /** What suits a device. */
  public static BenchSize of(Compute compute) {
    return compute.manager().getDevice().isGpu()
        ? new BenchSize(8192, 2L << 30, 16, Integer.MAX_VALUE, 128)
        : new BenchSize(2048, 512L << 20, 8, 4, 128);
  }
}
