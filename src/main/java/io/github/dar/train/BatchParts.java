package io.github.dar.train;

import ai.djl.ndarray.NDManager;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Kernel;
import io.github.dar.model.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * Computes the parts of a batch, several {@linkplain AtOnce at once} where the configuration says
 * so. The gradients are added in the order of the parts, so they are to the bit those of one part
 * after the other.
 */
final class BatchParts implements AutoCloseable {

  /** One part's work: adds its gradients, returns what the step needs of it. */
  interface Part<T> {
    T compute(int part, Weights gradients);
  }

  private final Compute compute;
  private final AtOnce atOnce;
  private final List<Weights> own = new ArrayList<>();
  private final Kernel kernel;

  /**
   * @param weights whose gradients are computed
   * @param most parts at once, 1 or more
   */
  BatchParts(Compute compute, Weights weights, int most) {
    this.compute = compute;
    this.atOnce = new AtOnce(compute, most);
    this.kernel = Kernel.load(compute.manager(), Map.of(), "optimizer");
    for (int i = 0; most > 1 && i < most; i++) {
      own.add(weights.zerosLike());
    }
  }

  /** Returns the results of parts 0 to {@code parts - 1}, in order. */
  <T> List<T> compute(int parts, Weights gradients, Part<T> part) {
    if (own.isEmpty()) {
      return atOnce.compute(parts, i -> part.compute(i, gradients));
    }
    List<T> results = new ArrayList<>();
    for (int first = 0; first < parts; first += own.size()) {
      int from = first;
      int count = Math.min(own.size(), parts - first);
      results.addAll(atOnce.compute(count, i -> part.compute(from + i, own.get(i))));
      try (NDManager scope = compute.manager().newSubManager()) {
        for (int i = 0; i < count; i++) {
          kernel.run(scope, "move", gradients.list(), own.get(i).list());
        }
      }
    }
    return results;
  }

  /** The same for work without gradients. */
  <T> List<T> compute(int parts, IntFunction<T> part) {
    return atOnce.compute(parts, part);
  }

  @Override
  public void close() {
    atOnce.close();
    own.forEach(Weights::close);
    kernel.close();
  }
}
