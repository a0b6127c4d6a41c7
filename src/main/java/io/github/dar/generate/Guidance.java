package io.github.dar.generate;

import io.github.dar.config.SamplingConfig;
import io.github.dar.config.UserException;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Classifier-free guidance over the tokens of an image: uncond + s (cond - uncond), where s runs
 * linearly from the first token to the last (method.md section 10).
 *
 * <p>Unlike in the reference, which decides by the first scale alone, a token is guided exactly
 * when its own scale differs from 1.
 *
 * @param first s of the first token, 0 or more
 * @param last s of the last token, 0 or more
 * @param until how many tokens are guided at most; the schedule still spans all of them. The
 *     reference's {@code cfg_interval} k is k + 2 here
 */
public record Guidance(float first, float last, int until) {

  /** The scale where a user says nothing: the demo's of the paper. */
  public static final float USUAL_SCALE = 4.0f;

  /** No guidance. */
  public static final Guidance NONE = new Guidance(1, 1, Integer.MAX_VALUE);

  private static final Pattern TEXT = Pattern.compile("\\s*([^:,\\s]+)\\s*(?:[:,]\\s*(\\S+)\\s*)?");

  /** Checks the ranges. */
  public Guidance {
    checkScale(first);
    checkScale(last);
    if (until < 0) {
      throw new UserException(
          "guidance until token " + until + ": the count must be 0 or more; leave it out for all");
    }
  }

  private static void checkScale(float scale) {
    if (!(scale >= 0) || Float.isInfinite(scale)) {
      throw new UserException(
          "guidance scale "
              + scale
              + ": it must be a number of 0 or more; 1 means none, "
              + USUAL_SCALE
              + " is usual");
    }
  }

  /** The same scale for all tokens. */
  public static Guidance constant(float scale) {
    return new Guidance(scale, scale, Integer.MAX_VALUE);
  }

  /** What a model recommends. */
  static Guidance of(SamplingConfig config) {
    float first = config.cfg().get(0).floatValue();
    return new Guidance(first, config.cfg().get(1).floatValue(), Integer.MAX_VALUE);
  }

  /**
   * Reads what users write.
   *
   * @param text one scale, {@code 4.0}, or the first and the last, {@code 1.2:8.0} or {@code
   *     1.2,8.0}
   */
  public static Guidance parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    try {
      if (matcher.matches()) {
        float first = Float.parseFloat(matcher.group(1));
        String last = matcher.group(2);
        return new Guidance(
            first, last == null ? first : Float.parseFloat(last), Integer.MAX_VALUE);
      }
    } catch (NumberFormatException e) {
      // Told below, as any other text that is no scale.
    }
    throw new UserException(
        "guidance '" + text + "' is not a scale; write 4.0, or 1.2:8.0 for a schedule");
  }

  /** The same scales for at most {@code count} tokens. */
  public Guidance until(int count) {
    return new Guidance(first, last, count);
  }

  /**
   * The scale of each of n tokens, {@code [n]}: 1 where a token isn't guided.
   *
   * <p>The values are torch.linspace's, which counts from the nearer end in float32; they may
   * differ in the last place, as its own do between processors.
   */
  public float[] schedule(int n) {
    float[] out = new float[n];
    float step = n == 1 ? 0 : (last - first) / (n - 1);
    for (int i = 0; i < n; i++) {
      out[i] = i < n / 2 || n == 1 ? Math.fma(step, i, first) : Math.fma(-step, n - 1 - i, last);
    }
    if (until < n) {
      Arrays.fill(out, until, n, 1);
    }
    return out;
  }

  /** Writes it as {@link #parse} reads it. */
  @Override
  public String toString() {
    return first == last ? "" + first : first + ":" + last;
  }
}
