package io.github.dar.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.Precision;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Kernel;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import io.github.dar.engine.Tensors;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleSupplier;

/**
 * What this machine can do at most: square matrix products, by the faster of libtorch's ways (on
 * AMD's processors MKL leaves half of float32 unused), and reading memory. They are measured again
 * beside every row, as a machine's speed changes with its heat and its other work.
 */
final class Limits implements AutoCloseable {

  /** One of the limits. */
  enum Kind {
    /** Matrix products of float32. */
    FP32("matrix product, fp32", "GFLOP/s"),
    /** Matrix products of bfloat16. */
    BF16("matrix product, bf16", "GFLOP/s"),
    /** Reading memory. */
    READ("reading memory", "GB/s");

    private final String text;
    private final String unit;

    Kind(String text, String unit) {
      this.text = text;
      this.unit = unit;
    }

    /** What it is, in words. */
    String text() {
      return text;
    }

    /** What it is counted in. */
    String unit() {
      return unit;
    }
  }

  /** A limit is a bound: the best of a few is nearer to it than their middle. */
  private static final int TRIES = 3;

  /** The ways of reading that the kernel knows. */
  private static final int WAYS = 3;

  /** Columns of the matrix that is read. */
  private static final int COLUMNS = 1024;

  private static final double GIGA = 1e9;

  private final NDManager manager;
  private final Kernel kernel;
  private final Precision precision;
  private final BenchSize size;
  private final Map<Kind, NDArray> factors = new EnumMap<>(Kind.class);
  private final Map<Kind, NDArray> products = new EnumMap<>(Kind.class);
  private final Map<Kind, Integer> types = new EnumMap<>(Kind.class);
  private final Set<Kind> packed = EnumSet.noneOf(Kind.class);
  private final Map<Kind, List<Double>> measured = new EnumMap<>(Kind.class);
  private final NDArray memory;
  private final int way;

  /** Gets the memory and finds out which ways of multiplying and reading are the fastest. */
  Limits(Compute compute, BenchSize size, long seed) {
    this.manager = compute.manager().newSubManager();
    this.kernel =
        Kernel.load(
            manager, Map.of("packed", Map.of()), Kernel.linear(compute), "products", "bench");
    this.precision = compute.precision();
    this.size = size;
    int side = size.side();
    float[] values = new float[side * side];
    RandomStream.of(seed, Purpose.NOISE, 0).gaussians(values, 0, values.length);
    add(compute, Kind.FP32, manager.create(values, new Shape(side, side)), Tensors.FLOAT32);
    if (compute.hasBf16()) {
      add(compute, Kind.BF16, factors.get(Kind.FP32), Tensors.BF16);
    }
    // Ones and not zeros: untouched pages of zeros are all the same page.
    this.memory = manager.ones(new Shape(size.readBytes() / Float.BYTES / COLUMNS, COLUMNS));
    this.way = fastestWay();
  }

  private void add(Compute compute, Kind kind, NDArray values, int dtype) {
    factors.put(kind, compute.tensors().cast(manager, values, dtype));
    products.put(kind, compute.tensors().cast(manager, values, dtype));
    types.put(kind, dtype);
    try (NDManager scope = manager.newSubManager()) {
      kernel.run(scope, "pack", factors.get(kind), dtype);
    }
    double plain = bestOf(() -> multiply(kind));
    packed.add(kind);
    if (bestOf(() -> multiply(kind)) < plain) {
      packed.remove(kind);
    }
  }

  private int fastestWay() {
    int fastest = 0;
    double best = 0;
    for (int candidate = 0; candidate < WAYS; candidate++) {
      int how = candidate;
      double speed = bestOf(() -> read(how));
      if (speed > best) {
        best = speed;
        fastest = candidate;
      }
    }
    return fastest;
  }

  /** Returns the limits that this machine has. */
  List<Kind> kinds() {
    List<Kind> kinds = new ArrayList<>(factors.keySet());
    kinds.add(Kind.READ);
    return kinds;
  }

  /** Returns the limit of matrix products in the type that the program computes with. */
  Kind product() {
    return precision == Precision.BF16 ? Kind.BF16 : Kind.FP32;
  }

  /** Measures a limit now: GFLOP/s or GB/s. */
  double measure(Kind kind) {
    double best = bestOf(() -> kind == Kind.READ ? read(way) : multiply(kind));
    measured.computeIfAbsent(kind, key -> new ArrayList<>()).add(best);
    return best;
  }

  private static double bestOf(DoubleSupplier speed) {
    double best = 0;
    for (int i = 0; i < TRIES; i++) {
      best = Math.max(best, speed.getAsDouble());
    }
    return best;
  }

  private double multiply(Kind kind) {
    double flops = 2 * Math.pow(size.side(), 3);
    double seconds =
        packed.contains(kind)
            ? seconds("packed_product", factors.get(kind), types.get(kind))
            : seconds("product", factors.get(kind), products.get(kind));
    return flops / seconds / GIGA;
  }

  private double read(int how) {
    return memory.getShape().size() * Float.BYTES / seconds("read", memory, how) / GIGA;
  }

  private double seconds(String method, Object... arguments) {
    try (NDManager scope = manager.newSubManager()) {
      return Stopwatch.seconds(
          () -> kernel.run(scope, method, arguments).singletonOrThrow().getFloat());
    }
  }

  /** What was measured of a limit so far. */
  Spread spread(Kind kind) {
    return Spread.of(measured.get(kind));
  }

  /** FLOP/s of products in the type that the program computes with, so far. */
  double flopsPerSecond() {
    return spread(product()).median() * GIGA;
  }

  /** Bytes read a second, so far. */
  double bytesPerSecond() {
    return spread(Kind.READ).median() * GIGA;
  }

  @Override
  public void close() {
    kernel.close();
    manager.close();
  }
}
