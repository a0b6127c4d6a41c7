package io.github.dar.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import io.github.dar.engine.Tensors;
import io.github.dar.weights.DType;
import io.github.dar.weights.HostTensor;
import io.github.dar.weights.StateDicts;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The weights of one network on a device, by the reference's names, in the order the network
 * declares them, float32.
 */
public final class Weights implements AutoCloseable {

  /** Values for {@link #stream} to hand over at a time: 64 MB. */
  static final long SOME = 1L << 24;

  private final Compute compute;
  private final NDManager manager;
  private final Map<String, NDArray> arrays = new LinkedHashMap<>();

  private Weights(Compute compute) {
    this.compute = compute;
    this.manager = compute.manager().newSubManager();
  }

  /**
   * Copies weights to the device.
   *
   * @param source named in errors: the file
   * @param optional names that a file may hold although the network doesn't need them
   * @throws io.github.dar.config.UserException listing what is missing, unexpected or of another
   *     shape
   */
  public static Weights load(
      Compute compute,
      List<ParameterSpec> specs,
      String source,
      Map<String, HostTensor> found,
      Collection<Predicate<String>> optional) {
    Weights weights = new Weights(compute);
    checked(specs, source, found, optional).forEach(weights::put);
    return weights;
  }

  /**
   * The same some at a time in float32, for a network that keeps them in a form of its own: so they
   * are never all there twice.
   *
   * @param atOnce how many values are enough to be handed over
   * @param into takes arrays by name, in order; they are freed after it
   */
  static void stream(
      Compute compute,
      List<ParameterSpec> specs,
      String source,
      Map<String, HostTensor> found,
      Collection<Predicate<String>> optional,
      long atOnce,
      Consumer<Map<String, NDArray>> into) {
    Iterator<Map.Entry<String, HostTensor>> rest =
        checked(specs, source, found, optional).entrySet().iterator();
    while (rest.hasNext()) {
      try (NDManager scratch = compute.manager().newSubManager()) {
        Map<String, NDArray> some = new LinkedHashMap<>();
        long values = 0;
        while (rest.hasNext() && values < atOnce) {
          Map.Entry<String, HostTensor> next = rest.next();
          NDArray array = compute.tensors().float32(scratch, next.getValue());
          some.put(next.getKey(), array);
          values += array.getShape().size();
        }
        into.accept(some);
      }
    }
  }

  private static Map<String, HostTensor> checked(
      List<ParameterSpec> specs,
      String source,
      Map<String, HostTensor> found,
      Collection<Predicate<String>> optional) {
    Map<String, long[]> expected = new LinkedHashMap<>();
    specs.forEach(spec -> expected.put(spec.name(), spec.shape()));
    return StateDicts.check(source, expected, found, optional).tensors();
  }

  /** Fresh weights: tensor i is drawn from (seed, WEIGHT_INIT, i). */
  public static Weights initial(Compute compute, List<ParameterSpec> specs, long seed) {
    return initial(compute, specs, seed, Purpose.WEIGHT_INIT);
  }

  /**
   * Fresh weights of a network that is trained beside another: its draws have their own purpose.
   */
  public static Weights initial(
      Compute compute, List<ParameterSpec> specs, long seed, Purpose purpose) {
    Weights weights = new Weights(compute);
    for (int i = 0; i < specs.size(); i++) {
      RandomStream random = RandomStream.of(seed, purpose, i);
      ParameterSpec spec = specs.get(i);
      weights.put(spec.name(), HostTensor.of(Initializer.values(spec, random), spec.shape()));
    }
    return weights;
  }

  /** Tensors of the same names and shapes, filled with zeros: gradients and moments. */
  public Weights zerosLike() {
    Weights zeros = new Weights(compute);
    arrays.forEach((name, array) -> zeros.arrays.put(name, zeros.manager.zeros(array.getShape())));
    return zeros;
  }

  /** An independent copy: an average starts as one. */
  public Weights copy() {
    Weights copy = new Weights(compute);
    arrays.forEach(
        (name, array) ->
            copy.arrays.put(name, compute.tensors().cast(copy.manager, array, Tensors.FLOAT32)));
    return copy;
  }

  private void put(String name, HostTensor tensor) {
    arrays.put(name, compute.tensors().float32(manager, tensor));
  }

  /** Returns the arrays by name, in order. */
  public Map<String, NDArray> arrays() {
    return Collections.unmodifiableMap(arrays);
  }

  /** Returns the arrays in order. */
  public List<NDArray> list() {
    return List.copyOf(arrays.values());
  }

  /** Overwrites the values from tensors of the same names. */
  public void set(Map<String, HostTensor> values) {
    arrays.forEach((name, array) -> compute.tensors().fill(array, values.get(name)));
  }

  /** Copies everything into host memory, in order. */
  public Map<String, HostTensor> toHost() {
    Map<String, HostTensor> out = new LinkedHashMap<>();
    arrays.forEach((name, array) -> out.put(name, compute.tensors().download(array, DType.F32)));
    return out;
  }

  /**
   * The same for a file, in order: copied piece by piece when read, so to be read before they
   * change.
   */
  public Map<String, HostTensor> streamed() {
    Map<String, HostTensor> out = new LinkedHashMap<>();
    arrays.forEach((name, array) -> out.put(name, compute.tensors().streamed(array, DType.F32)));
    return out;
  }

  /** Returns the number of values in all tensors. */
  public long count() {
    return arrays.values().stream().mapToLong(array -> array.getShape().size()).sum();
  }

  @Override
  public void close() {
    manager.close();
  }
}
