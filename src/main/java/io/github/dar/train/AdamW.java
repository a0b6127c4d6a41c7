package io.github.dar.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.dar.config.OptimizerConfig;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Kernel;
import io.github.dar.model.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * AdamW with decoupled weight decay, clipping by the global norm and a moving average of the
 * weights (method section 11), each one native call over all tensors. Where the config says so, the
 * matrices among them take {@link Muon}'s steps instead.
 */
public final class AdamW implements AutoCloseable {

  private final Compute compute;
  private final OptimizerConfig config;
  private final Kernel kernel;
  private final Muon muon;
  private final Weights weights;
  private final Weights gradients;
  private final Weights first;
  private final Weights second;
  private final Weights average;
  private final Predicate<String> decays;

  /**
   * @param weights updated in place; stays the caller's
   * @param decays which tensors weight decay shrinks
   */
  public AdamW(Compute compute, OptimizerConfig config, Weights weights, Predicate<String> decays) {
    this.compute = compute;
    this.config = config;
    this.weights = weights;
    this.decays = decays;
    this.kernel = Kernel.load(compute.manager(), Map.of(), "optimizer");
    this.muon = new Muon(compute);
    this.gradients = weights.zerosLike();
    this.first = weights.zerosLike();
    this.second = weights.zerosLike();
    this.average = config.ema() > 0 ? weights.copy() : weights;
  }

  /** Returns the weights that it updates. */
  Weights weights() {
    return weights;
  }

  /** Returns the gradients: zero after each step, added to by the networks. */
  public Weights gradients() {
    return gradients;
  }

  /** Returns the first moments. */
  public Weights first() {
    return first;
  }

  /** Returns the second moments; zero where {@link Muon} has no use for them. */
  public Weights second() {
    return second;
  }

  /**
   * Returns the moving average of the weights, or the weights themselves where the config has none.
   */
  public Weights average() {
    return average;
  }

  /**
   * Returns the global L2 norm of the gradients before clipping; not finite if any of them is not.
   */
  public double gradientNorm() {
    try (NDManager scope = compute.manager().newSubManager()) {
      return kernel.run(scope, "norm", gradients.list()).singletonOrThrow().getDouble();
    }
  }

  /** Returns the names of those tensors that hold anything but finite numbers. */
  List<String> notFinite(Weights tensors) {
    List<String> names = new ArrayList<>();
    tensors
        .arrays()
        .forEach(
            (name, array) -> {
              try (NDManager scope = compute.manager().newSubManager()) {
                double norm =
                    kernel.run(scope, "norm", List.of(array)).singletonOrThrow().getDouble();
                if (!Double.isFinite(norm)) {
                  names.add(name);
                }
              }
            });
    return names;
  }

  /**
   * Updates weights and average, and zeroes the gradients.
   *
   * @param step number of this update, from 1
   * @param rate learning rate
   * @param norm what {@link #gradientNorm} said
   */
  public void step(long step, double rate, double norm) {
    try (NDManager scope = compute.manager().newSubManager()) {
      // As torch's clip_grad_norm_, but the gradients are divided inside the update: a pass less.
      double divisor = config.clip() > 0 ? Math.max(1, (norm + 1e-6) / config.clip()) : 1;
      for (boolean decayed : new boolean[] {true, false}) {
        adamw(scope, decayed, divisor, step, rate);
        muon(scope, decayed, divisor, rate);
      }
      if (average != weights) {
        kernel.run(scope, "average", average.list(), weights.list(), config.ema());
      }
      kernel.run(scope, "zero", gradients.list());
    }
  }

  private void adamw(NDManager scope, boolean decayed, double divisor, long step, double rate) {
    List<NDArray> w = select(weights, decayed, false);
    if (!w.isEmpty()) {
      kernel.run(
          scope,
          "adamw",
          w,
          select(gradients, decayed, false),
          select(first, decayed, false),
          select(second, decayed, false),
          divisor,
          step,
          rate,
          config.betas().get(0),
          config.betas().get(1),
          config.eps(),
          decay(decayed));
    }
  }

  private void muon(NDManager scope, boolean decayed, double divisor, double rate) {
    List<NDArray> w = select(weights, decayed, true);
    if (!w.isEmpty()) {
      muon.step(
          scope,
          w,
          select(gradients, decayed, true),
          select(first, decayed, true),
          divisor,
          rate * config.muon(),
          decay(decayed));
    }
  }

  private double decay(boolean decayed) {
    return decayed ? config.weightDecay() : 0;
  }

  private List<NDArray> select(Weights from, boolean decayed, boolean byMuon) {
    List<NDArray> out = new ArrayList<>();
    from.arrays()
        .forEach(
            (name, array) -> {
              boolean muons = config.muon() > 0 && Muon.takes(name, array.getShape());
              if (decays.test(name) == decayed && muons == byMuon) {
                out.add(array);
              }
            });
    return out;
  }

  @Override
  public void close() {
    kernel.close();
    muon.close();
    gradients.close();
    first.close();
    second.close();
    if (average != weights) {
      average.close();
    }
  }
}
