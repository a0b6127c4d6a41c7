package io.github.dar.config;

/** How a discriminator and what it judges are scored (vq_loss.py of the reference). */
public enum AdversarialLoss {
  /** Binary cross entropy, the maker's with the labels exchanged. */
  NON_SATURATING,
  /** The same for both, under the name that the reference also has. */
  VANILLA,
  /** The discriminator's scores count up to a margin of 1. */
  HINGE
}
