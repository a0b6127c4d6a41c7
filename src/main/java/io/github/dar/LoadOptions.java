package io.github.dar;

import ai.djl.Device;
import io.github.dar.config.Precision;
import io.github.dar.config.UserException;
import java.util.Optional;

/**
 * Where and how a model computes.
 *
 * @param device CPU or a GPU; none takes the first GPU, or the CPU where there is none
 * @param precision of matrix products; AUTO takes bf16 where the hardware has it
 * @param threads that one native call computes with, 0 to leave it as it is, at first one a core.
 *     The number is libtorch's: the last that was set holds for the whole process
 */
public record LoadOptions(Optional<Device> device, Precision precision, int threads) {

  /** The best device and type there are. */
  public static final LoadOptions DEFAULT = new LoadOptions(Optional.empty(), Precision.AUTO, 0);

  /** Checks the number of threads. */
  public LoadOptions {
    if (threads < 0) {
      throw new UserException("threads " + threads + ": give 1 or more, or 0 for one a core");
    }
  }

  /** The same on this device. */
  public LoadOptions withDevice(Device other) {
    return new LoadOptions(Optional.of(other), precision, threads);
  }

  /** The same in this precision. */
  public LoadOptions withPrecision(Precision other) {
    return new LoadOptions(device, other, threads);
  }

  /** The same with so many threads. */
  public LoadOptions withThreads(int count) {
    return new LoadOptions(device, precision, count);
  }
}
