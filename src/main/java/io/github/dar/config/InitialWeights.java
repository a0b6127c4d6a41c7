package io.github.dar.config;

/** What the training of a tokenizer begins with. */
public enum InitialWeights {
  /** The reference's: random, and nothing passes the residual branches yet. */
  REFERENCE,
  /**
   * A sketch of what the networks learn in any case: queries look at their part of the picture,
   * pixels at the tokens of their place, and noise passes the diffusion decoder. For trainings of
   * hours, which else end before attention has found this.
   */
  LOCAL
}
