package io.github.dar.data;

/** The colours of the shapes of the generated data set. The ordinal is part of the class id. */
enum ShapeColor {
  /** Warm and pure. */
  RED(0.88, 0.10, 0.10),
  /** Between red and yellow. */
  ORANGE(0.98, 0.50, 0.04),
  /** As lemons. */
  YELLOW(1.00, 0.88, 0.10),
  /** As grass. */
  GREEN(0.10, 0.64, 0.20),
  /** Between green and blue, light. */
  CYAN(0.12, 0.84, 0.88),
  /** Pure and dark. */
  BLUE(0.10, 0.24, 0.88),
  /** As violets. */
  PURPLE(0.50, 0.12, 0.70),
  /** Light red. */
  PINK(1.00, 0.50, 0.76),
  /** Nearly all light. */
  WHITE(0.98, 0.98, 0.98),
  /** Nearly no light. */
  BLACK(0.06, 0.06, 0.07);

  private final double[] rgb;

  ShapeColor(double red, double green, double blue) {
    rgb = new double[] {red, green, blue};
  }

  /**
   * How much of a colour there is, 0 to 1.
   *
   * @param channel 0 red, 1 green, 2 blue
   */
  double channel(int channel) {
    return rgb[channel];
  }
}
