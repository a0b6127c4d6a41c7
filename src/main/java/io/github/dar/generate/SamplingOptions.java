package io.github.dar.generate;

import io.github.dar.config.ModelConfig;
import io.github.dar.config.SamplingConfig;
import io.github.dar.config.TransformerConfig;
import io.github.dar.config.UserException;
import java.util.Optional;

/**
 * How tokens are chosen from logits. Applied in the order of the components; the published numbers
 * use none of them but guidance.
 *
 * @param guidance classifier-free guidance
 * @param temperature divides the logits, 0 or more
 * @param topK keeps the k most likely codes and those that tie with the k-th; 0 keeps all
 * @param topP keeps the most likely codes up to the one that crosses this probability; 1 keeps all
 * @param greedy takes the most likely code instead of drawing one; the filters then have no effect
 */
public record SamplingOptions(
    Guidance guidance, double temperature, int topK, double topP, boolean greedy) {

  /** Draws from the network's distribution as it is. */
  public static final SamplingOptions DEFAULT = new SamplingOptions(Guidance.NONE, 1, 0, 1, false);

  /**
   * What is taken where nobody says: what the model recommends, else the paper's demo's guidance.
   * No guidance where the network has no null class.
   */
  public static SamplingOptions usual(ModelConfig model) {
    TransformerConfig ar = model.requireAr("sampling");
    Optional<SamplingConfig> own = model.sampling();
    Guidance guidance = own.map(Guidance::of).orElse(Guidance.constant(Guidance.USUAL_SCALE));
    boolean guided = ar.dropout().classDropoutProb() > 0;
    double temperature = own.map(SamplingConfig::temperature).orElse(1.0);
    return new SamplingOptions(guided ? guidance : Guidance.NONE, temperature, 0, 1, false);
  }

  /** Checks the ranges. */
  public SamplingOptions {
    if (!(temperature >= 0) || Double.isInfinite(temperature)) {
      throw new UserException(
          "temperature " + temperature + ": it must be a number of 0 or more; 1 changes nothing");
    }
    if (topK < 0) {
      throw new UserException("top-k " + topK + ": it must be 0 or more; 0 keeps all codes");
    }
    if (!(topP >= 0 && topP <= 1)) {
      throw new UserException("top-p " + topP + ": it must lie in 0 to 1; 1 keeps all codes");
    }
  }

  /** The same with another guidance. */
  public SamplingOptions withGuidance(Guidance other) {
    return new SamplingOptions(other, temperature, topK, topP, greedy);
  }
}
