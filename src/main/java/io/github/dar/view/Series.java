package io.github.dar.view;

/**
 * A quantity over the steps of a run.
 *
 * @param name what it is
 * @param steps in ascending order
 * @param values one a step; may be NaN or infinite
 */
public record Series(String name, double[] steps, double[] values) {

  /** Checks that there is a value a step. */
  public Series {
    if (steps.length != values.length) {
      throw new IllegalArgumentException(
          name + " has " + steps.length + " steps but " + values.length + " values");
    }
  }
}
