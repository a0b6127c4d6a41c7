package io.github.dar.config;

/** What the classes' embeddings are when the training of a transformer begins. */
public enum InitialClasses {
  /** The reference's: random, each class for itself. */
  REFERENCE,
  /**
   * Sums of a random vector for each word of a class's name, so that classes whose names share
   * words begin alike. For many classes with few images each: what "red" means is learned once, not
   * once for each class that is red.
   */
  WORDS
}
