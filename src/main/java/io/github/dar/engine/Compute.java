package io.github.dar.engine;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import io.github.dar.config.Counted;
import io.github.dar.config.Precision;
import io.github.dar.config.UserException;
import java.util.Locale;

/**
 * Where and how a program computes: an opened device, the type of its matrix products and the
 * number of threads. Closing it frees every array made through it.
 */
public final class Compute implements AutoCloseable {

  private final NDManager manager;
  private final Precision precision;
  private final boolean int8Weights;
  private final String reason;
  private final Tensors tensors;

  private Compute(NDManager manager, Precision precision, boolean int8Weights, String reason) {
    this.manager = manager;
    this.precision = precision;
    this.int8Weights = int8Weights;
    this.reason = reason;
    this.tensors = new Tensors(manager);
  }

  /**
   * Opens a device by its name.
   *
   * @param device {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:1}
   * @param precision AUTO and INT8 take bf16 where the hardware has it
   * @param threads for one native call, 0 for one a core
   * @throws UserException if the device or the precision is not to be had here
   */
  public static Compute open(String device, Precision precision, int threads) {
    return open(device(device), precision, threads);
  }

  /**
   * Opens a device.
   *
   * @param chosen CPU or a GPU
   * @param precision AUTO and INT8 take bf16 where the hardware has it
   * @param threads for one native call, 0 for what libtorch has, at first one a core. It is
   *     libtorch's number, so it holds for the whole process; threads that have computed before may
   *     keep theirs
   * @throws UserException if the device or the precision is not to be had here
   */
  public static Compute open(Device chosen, Precision precision, int threads) {
    requireThere(chosen);
    if (threads > 0) {
      JniUtils.setNumThreads(threads);
    }
    String name = chosen.isGpu() ? "this GPU" : "this processor";
    boolean has = hasBf16(chosen);
    Precision taken =
        switch (precision) {
          case FP32 -> Precision.FP32;
          case BF16 -> {
            if (!has) {
              throw new UserException(
                  "precision bf16: " + name + " has no bf16 arithmetic; use fp32 or auto");
            }
            yield Precision.BF16;
          }
          case AUTO, INT8 -> has ? Precision.BF16 : Precision.FP32;
        };
    String reason =
        precision == Precision.AUTO || precision == Precision.INT8
            ? name + (has ? " has bf16 arithmetic" : " has no bf16 arithmetic")
            : "as asked";
    return new Compute(
        NDManager.newBaseManager(chosen, "PyTorch"), taken, precision == Precision.INT8, reason);
  }

  private static boolean hasBf16(Device device) {
    return device.isGpu() || Instructions.ofThisProcessor().bf16();
  }

  private static Device device(String name) {
    String wanted = name.toLowerCase(Locale.ROOT);
    boolean noGpu = Engine.getEngine("PyTorch").getGpuCount() == 0;
    if (wanted.equals("cpu") || wanted.equals("auto") && noGpu) {
      return Device.cpu();
    }
    if (!wanted.matches("auto|cuda(:\\d{1,4})?")) {
      throw new UserException("--device " + name + ": unknown; use auto, cpu, cuda or cuda:1");
    }
    int colon = wanted.indexOf(':');
    return Device.gpu(colon < 0 ? 0 : Integer.parseInt(wanted.substring(colon + 1)));
  }

  private static void requireThere(Device device) {
    if (!device.isGpu() && !device.equals(Device.cpu())) {
      throw new UserException("device " + device + ": dar computes on cpu or on an NVIDIA GPU");
    }
    int gpus = Engine.getEngine("PyTorch").getGpuCount();
    if (device.isGpu() && device.getDeviceId() >= gpus) {
      throw new UserException(
          "device cuda:%d: this program sees %s; see docs/gpu.md, or use cpu"
              .formatted(device.getDeviceId(), gpus == 0 ? "no GPU" : Counted.of(gpus, "GPU")));
    }
  }

  /** Returns the root of all arrays of this device. */
  public NDManager manager() {
    return manager;
  }

  /** Returns FP32 or BF16: the type of matrix products. */
  public Precision precision() {
    return precision;
  }

  /** Returns whether the transformer's matrices are to be kept as 8-bit integers. */
  public boolean int8Weights() {
    return int8Weights;
  }

  /** Returns whether the device multiplies bf16 numbers itself, whatever was chosen. */
  public boolean hasBf16() {
    return hasBf16(manager.getDevice());
  }

  /** Returns whether FBGEMM multiplies 8-bit integers exactly here; false on a GPU. */
  public boolean multipliesBytes() {
    return !manager.getDevice().isGpu() && Instructions.ofThisProcessor().bytes();
  }

  /**
   * Returns whether FBGEMM is to multiply float32 rows by matrices of IEEE's 16-bit floats here: on
   * processors in bf16.
   */
  public boolean multipliesHalfFloats() {
    return !manager.getDevice().isGpu() && precision == Precision.BF16 && isX86();
  }

  /** Returns whether libtorch has oneDNN here: for other processors it may come without. */
  public boolean hasOneDnn() {
    return !manager.getDevice().isGpu() && isX86();
  }

  /** FBGEMM is for x86 only. */
  private static boolean isX86() {
    return System.getProperty("os.arch").matches("amd64|x86_64");
  }

  /** Returns libtorch's number of the type of matrix products, as kernels take it. */
  public int dtype() {
    return precision == Precision.BF16 ? Tensors.BF16 : Tensors.FLOAT32;
  }

  /** Returns the bridge between host memory and arrays of this device. */
  public Tensors tensors() {
    return tensors;
  }

  /** Returns how many threads a native call of this thread uses. */
  public int threads() {
    return JniUtils.getNumThreads();
  }

  /**
   * Has the native calls of the calling thread use so many threads from now on.
   *
   * @param threads 1 or more
   */
  public void useThreads(int threads) {
    JniUtils.setNumThreads(threads);
  }

  /** Returns one line for start-up: device, type and why, threads. */
  public String describe() {
    return "%s, %s%s (%s), %d threads"
        .formatted(
            manager.getDevice().isGpu() ? "GPU " + manager.getDevice().getDeviceId() : "CPU",
            int8Weights ? "int8 weights, " : "",
            precision == Precision.BF16 ? "bf16" : "fp32",
            reason,
            JniUtils.getNumThreads());
  }

  @Override
  public void close() {
    manager.close();
  }
}
