package io.github.dar.config;

/** How discriminator and generator are told apart and together (vq_loss.py of the reference). */
public enum AdversarialLoss {
  /** Cross entropy for both; the generator wants to be taken for real. */
  NON_SATURATING,
  /** Margins of 1 for the discriminator; the generator raises its logits. */
  HINGE,
  /** Softplus for the discriminator; the generator raises its logits. */
  VANILLA
}
