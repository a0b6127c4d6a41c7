package io.github.dar.engine;

/**
 * What a random draw is for. Every purpose has its own {@link RandomStream}s, so a change in how
 * much one of them draws leaves all others as they were. The ids are fixed for ever: they are part
 * of what a seed means.
 */
public enum Purpose {
  /** Initial weights; the index is the tensor's. */
  WEIGHT_INIT(1),
  /** The order of the images in an epoch; the index is the epoch. */
  DATA_ORDER(2),
  /** Crops and flips; the index is the sample's position in the whole run. */
  AUGMENTATION(3),
  /** Time steps of flow matching in training. */
  TIME(4),
  /** Noise of flow matching in training. */
  NOISE(5),
  /** Which labels become the null class in training. */
  CLASS_DROPOUT(6),
  /** Dropout inside networks. */
  DROPOUT(7),
  /** The choice of tokens when sampling; the index is the image's. */
  TOKEN(8),
  /** The noise that a generated image starts from; the index is the image's. */
  IMAGE_NOISE(9),
  /** The generated data set; the index is the image's. */
  SHAPES(10),
  /** Which classes are sampled when no one names them. */
  CLASS_CHOICE(11),
  /** Which images a metric takes, the index is the subset's. */
  METRIC_SUBSET(12),
  /** Initial weights of the discriminator; the index is the tensor's. */
  DISCRIMINATOR_INIT(13),
  /** What a tokenizer begins with where it doesn't begin as the reference's. */
  LOCAL_START(14),
  /** Vectors that classes begin with; the index is the word's. */
  CLASS_WORDS(15);

  private final int id;

  Purpose(int id) {
    this.id = id;
  }

  /** The number that stands for this purpose in the counter of the generator. */
  int id() {
    return id;
  }
}
