package io.github.dar.config;

/** How a discriminator and what it judges are scored (vq_loss.py of the reference). */
public enum AdversarialLoss {
  /** Binary cross entropy, the maker's with the labels exchanged. */
  NON_SATURATING(0),
  /** The same for both, under the name that the reference also has. */
  VANILLA(1),
  /** The discriminator's scores count up to a margin of 1. */
  HINGE(2);

  private final int number;

  AdversarialLoss(int number) {
    this.number = number;
  }

  /** Returns the number by which {@code patchgan.py} knows it. */
  public int number() {
    return number;
  }
}
