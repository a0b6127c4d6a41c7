package io.github.dar.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.Precision;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The product that {@code dar bench} takes a limit from, and what a call that does nothing costs. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class Products {

  /** Side of the square matrices. */
  @Param({"256", "1024", "2048"})
  private int side;

  /** Type of the numbers. */
  @Param({"FP32", "BF16"})
  private Precision precision;

  private Compute compute;
  private Kernel kernel;
  private NDArray factor;
  private NDArray product;
  private NDArray one;

  /** Makes the matrices. */
  @Setup
  public void open() {
    compute = Compute.open("cpu", precision, 0);
    NDManager manager = compute.manager();
    kernel = Kernel.load(manager, Map.of(), "bench");
    NDArray ones = manager.ones(new Shape(side, side));
    factor = compute.tensors().cast(manager, ones, compute.dtype());
    product = compute.tensors().cast(manager, ones, compute.dtype());
    one = manager.ones(new Shape(1, 1));
  }

  /** A matrix product. */
  @Benchmark
  public float multiply() {
    try (NDManager scope = compute.manager().newSubManager()) {
      return kernel.run(scope, "product", factor, product).singletonOrThrow().getFloat();
    }
  }

  /** A call with next to no work: what Java, JNI and the interpreter take. */
  @Benchmark
  public float call() {
    try (NDManager scope = compute.manager().newSubManager()) {
      return kernel.run(scope, "read", one, 0).singletonOrThrow().getFloat();
    }
  }

  /** Frees everything. */
  @TearDown
  public void close() {
    kernel.close();
    compute.close();
  }
}
