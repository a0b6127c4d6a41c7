package io.github.dar.generate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.dar.model.FlowSchedule;
import io.github.dar.model.Tokenizer;

/**
 * Denoising of one batch, a step at a time (method section 8; diff_decoder.py, sample).
 *
 * <p>Adams-Bashforth of order 2 with the weights 1.5 and -0.5 of equal steps, although the shifted
 * steps are not equal: the published numbers depend on it. A preview stretches the last step to the
 * end of the flow: it needs no call of the network, and the preview after the last step is the
 * image.
 */
public final class Denoiser implements AutoCloseable {

  /** How a velocity becomes a step. */
  public enum Method {
    /** Adams-Bashforth of order 2; its first step is Euler's. */
    ADAMS2,
    /** Euler. */
    EULER
  }

  private final Tokenizer tokenizer;
  private final Method method;
  private final float[] times;
  private final double dataStd;
  private final NDManager state;
  private NDArray x;
  private NDArray before;
  private NDArray direction;
  private NDArray previousVelocity;
  private int taken;

  /**
   * @param noise where the flow starts: standard normal, {@code [B, 3, H, W]}; stays the caller's
   * @param steps S, the configured number unless one experiments
   */
  public Denoiser(Tokenizer tokenizer, NDArray noise, int steps, Method method) {
    this.tokenizer = tokenizer;
    this.method = method;
    this.times = FlowSchedule.times(steps, tokenizer.config().diffDecoder().flow().timeShift());
    this.dataStd = tokenizer.config().diffDecoder().flow().dataStd();
    this.state = tokenizer.compute().manager().newSubManager();
    this.x = noise.duplicate();
    x.attach(state);
  }

  /**
   * Starts from an image instead of noise alone: at step k, x is the image and the noise mixed for
   * that step's time.
   *
   * @param image {@code [B, 3, H, W]} in [-1, 1]
   * @param step k: the first step that is taken
   */
  public void startAt(NDArray image, int step) {
    float t = times[step];
    try (NDManager scope = state.newSubManager()) {
      x.attach(scope);
      NDArray noisePart = x.mul(1 - t);
      NDArray imagePart = image.mul((float) dataStd);
      imagePart.attach(scope);
      NDArray scaled = imagePart.mul(t);
      x = noisePart.add(scaled);
      x.attach(state);
    }
    taken = step;
  }

  /** Skips steps: the next one is {@code step}, from what x is now. */
  public void skipTo(int step) {
    taken = step;
  }

  /** Returns how many steps were taken: the number of the next one. */
  public int taken() {
    return taken;
  }

  /** Returns S. */
  public int steps() {
    return times.length - 1;
  }

  /**
   * Takes the next step.
   *
   * @param condition of its window of tokens, {@code [B, Q, D]}
   */
  public void step(NDArray condition) {
    float size = times[taken + 1] - times[taken];
    try (NDManager scope = state.newSubManager()) {
      float[] t = new float[(int) x.getShape().get(0)];
      java.util.Arrays.fill(t, times[taken]);
      NDArray velocity = tokenizer.velocity(scope, x, scope.create(t), condition);
      NDArray towards = velocity;
      if (method == Method.ADAMS2 && previousVelocity != null) {
        NDArray ahead = velocity.mul(1.5f);
        previousVelocity.attach(scope);
        NDArray back = previousVelocity.mul(0.5f);
        towards = ahead.sub(back);
      }
      NDArray move = towards.mul(size);
      NDArray next = x.add(move);
      if (before != null) {
        before.attach(scope);
      }
      if (direction != null && direction != previousVelocity) {
        direction.attach(scope);
      }
      before = x;
      direction = towards;
      previousVelocity = velocity;
      x = next;
      x.attach(state);
      direction.attach(state);
      previousVelocity.attach(state);
    }
    taken++;
  }

  /**
   * The estimate of the image after the steps taken so far; after the last one, the image.
   *
   * @return {@code [B, 3, H, W]}, about [-1, 1], not clamped
   */
  public NDArray preview(NDManager into) {
    if (before == null) {
      throw new IllegalStateException("no step was taken yet");
    }
    float rest = times[times.length - 1] - times[taken - 1];
    try (NDManager scope = into.newSubManager()) {
      NDArray stretched = direction.mul(rest);
      stretched.attach(scope);
      NDArray end = before.add(stretched);
      end.attach(scope);
      NDArray image = end.mul((float) (1.0 / dataStd));
      image.attach(into);
      return image;
    }
  }

  @Override
  public void close() {
    state.close();
  }
}
