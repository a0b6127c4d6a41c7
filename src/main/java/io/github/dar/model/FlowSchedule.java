package io.github.dar.model;

/** Flow times of the decoder's steps: evenly spaced, then shifted (method sections 6 and 8). */
public final class FlowSchedule {

  private FlowSchedule() {}

  /**
   * @param steps S
   * @return S + 1 shifted times from 0 to 1, in float32 as the reference computes them
   */
  public static float[] times(int steps, double shift) {
    float[] out = new float[steps + 1];
    for (int i = 0; i <= steps; i++) {
      float time = i == steps ? 1f : (float) ((double) i / steps);
      out[i] = shifted(time, shift);
    }
    return out;
  }

  /** The flow time of an unshifted time, both in [0, 1], in float32. */
  public static float shifted(float time, double shift) {
    return time / (time + (float) shift * (1 - time));
  }

  /** The flow times of unshifted times. */
  public static float[] shifted(float[] times, double shift) {
    float[] out = new float[times.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = shifted(times[i], shift);
    }
    return out;
  }
}
