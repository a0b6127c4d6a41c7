package io.github.dar.eval;

import io.github.dar.config.UserException;

/**
 * What the Fréchet distance keeps of a set of images: mean and covariance of their features.
 *
 * @param mean {@code [D]}; like the other array not copied, and left alone by whoever reads it
 * @param covariance {@code [D, D]}, symmetric, divided by n - 1 as numpy.cov does
 */
public record Gaussian(double[] mean, double[] covariance) {

  /** Checks sizes, and that all are numbers. */
  public Gaussian {
    if ((long) mean.length * mean.length != covariance.length) {
      throw new IllegalArgumentException(
          covariance.length + " numbers are no covariance of " + mean.length + " features");
    }
    requireNumbers("mean", mean);
    requireNumbers("covariance", covariance);
  }

  private static void requireNumbers(String name, double[] values) {
    for (double value : values) {
      if (!Double.isFinite(value)) {
        throw new UserException(
            "the " + name + " of the features holds " + value + "; compute the statistics again");
      }
    }
  }

  /** How many numbers the features of an image are. */
  public int width() {
    return mean.length;
  }

  /** The sum of the variances. */
  public double trace() {
    double sum = 0;
    for (int i = 0; i < mean.length; i++) {
      sum += covariance[i * (mean.length + 1)];
    }
    return sum;
  }
}
