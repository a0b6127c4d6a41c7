package io.github.dar.config;

/** How an image of any size becomes a square of the model's size. */
public enum Fit {
  /** The middle square: for measuring, and for training without augmentation. */
  CROP,
  /** A square at a random place and scale: the training of the tokenizer. */
  RANDOM_CROP,
  /**
   * One of the ten crops of a middle square 1.1 times as large: the training of the transformer.
   */
  TEN_CROP,
  /** The whole image on black, never enlarged: for MNIST and its likes. */
  PAD;

  /** What suits an image where nobody says: padded if it is smaller than the square, else cut. */
  public static Fit auto(int width, int height, int size) {
    return width < size && height < size ? PAD : CROP;
  }
}
