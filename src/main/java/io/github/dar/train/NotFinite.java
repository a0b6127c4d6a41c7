package io.github.dar.train;

import io.github.dar.config.UserException;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/**
 * Refuses a step whose losses or gradients are not numbers, before it has touched weights, moments
 * or average. What is looked at each step is on the host anyway; the tensors are searched only when
 * it is too late.
 */
final class NotFinite {

  private NotFinite() {}

  /**
   * Refuses.
   *
   * @param step number of the step, from 1
   * @param norm of all gradients: not finite if any of them is not
   * @param goesOn what the same command does next: {@link RunFolder#goesOn}
   * @throws UserException that names the losses, and the first weight or gradient that is not
   *     finite
   */
  static void check(
      long step, Map<String, Double> losses, double norm, AdamW optimizer, String goesOn) {
    if (Double.isFinite(norm) && losses.values().stream().allMatch(Double::isFinite)) {
      return;
    }
    StringJoiner found = new StringJoiner(", ");
    losses.forEach(
        (name, loss) -> {
          if (!Double.isFinite(loss)) {
            found.add(name + " is " + loss);
          }
        });
    if (!Double.isFinite(norm)) {
      found.add("the gradients' norm is " + norm);
    }
    throw new UserException(
        "step %d: %s%s. The run stops, and the same command %s. Lower lr, or use --precision fp32"
            .formatted(step, found, where(optimizer), goesOn));
  }

  /** A weight that is no number makes everything after it none: it is the cause. */
  private static String where(AdamW optimizer) {
    List<String> weights = optimizer.notFinite(optimizer.weights());
    if (!weights.isEmpty()) {
      return "; not finite: the weight " + named(weights);
    }
    List<String> gradients = optimizer.notFinite(optimizer.gradients());
    return gradients.isEmpty() ? "" : "; not finite: the gradient of " + named(gradients);
  }

  private static String named(List<String> names) {
    return names.get(0) + (names.size() > 1 ? " and " + (names.size() - 1) + " more" : "");
  }
}
