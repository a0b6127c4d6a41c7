package io.github.dar.data;

import io.github.dar.engine.RandomStream;

/**
 * One picture of the generated data set: a lit shape that casts a shadow on a background. Lengths
 * are in units of half the image, so that any resolution shows the same scene. No trigonometry runs
 * per pixel, and what runs per image is exact: the picture is the same on every machine.
 */
final class ShapeScene {

  private static final double SHADOW_OFFSET = 0.08;
  private static final double SHADOW_BLUR = 0.2;
  private static final double SHADOW_DEPTH = 0.45;
  private static final double BEVEL_WIDTH = 0.13;
  private static final double BEVEL_DEPTH = 0.35;

  private final Shape shape;
  private final ShapeColor color;
  private final ShapeBackground background;
  private final int size;

  private final double radius;
  private final double centerX;
  private final double centerY;
  private final double cosine;
  private final double sine;
  private final double lightX;
  private final double lightY;
  private final double lightDepth;
  private final double[] firstTone;
  private final double[] secondTone;
  private final ShapeBackground.Frame frame;

  /**
   * Draws what varies.
   *
   * @param size of the picture in pixels
   */
  ShapeScene(
      Shape shape, ShapeColor color, ShapeBackground background, int size, RandomStream random) {
    this.shape = shape;
    this.color = color;
    this.background = background;
    this.size = size;
    radius = 0.46 + 0.2 * random.nextDouble();
    double room = 0.92 - radius;
    centerX = (2 * random.nextDouble() - 1) * room;
    centerY = (2 * random.nextDouble() - 1) * room;
    double angle = (2 * random.nextDouble() - 1) * 0.3;
    cosine = StrictMath.cos(angle);
    sine = StrictMath.sin(angle);
    // Light comes from above, more or less, as people expect it.
    double lightAngle = (2 * random.nextDouble() - 1) * 1.0;
    lightX = StrictMath.sin(lightAngle);
    lightY = -StrictMath.cos(lightAngle);
    lightDepth = 0.08 + 0.12 * random.nextDouble();
    double hue = 6 * random.nextDouble();
    double saturation = 0.06 + 0.18 * random.nextDouble();
    double lightness = 0.66 + 0.1 * random.nextDouble();
    double contrast = 0.2 + 0.08 * random.nextDouble();
    firstTone = tone(hue, saturation, lightness);
    secondTone = tone(hue, saturation, lightness - contrast);
    frame = new ShapeBackground.Frame(random, pixel());
  }

  /** The picture. */
  RgbImage paint() {
    byte[] rgb = new byte[size * size * 3];
    double[] light = new double[3];
    for (int row = 0; row < size; row++) {
      for (int column = 0; column < size; column++) {
        paint((column + 0.5) * pixel() - 1, (row + 0.5) * pixel() - 1, light);
        int at = (row * size + column) * 3;
        for (int channel = 0; channel < 3; channel++) {
          rgb[at + channel] = (byte) (int) (255 * unit(light[channel]) + 0.5);
        }
      }
    }
    return new RgbImage(size, size, rgb);
  }

  private void paint(double x, double y, double[] out) {
    double distance = distance(x, y);
    double towardsLight = distance(x + lightX * SHADOW_OFFSET, y + lightY * SHADOW_OFFSET);
    double coverage = unit(0.5 - distance / pixel());
    double mix = frame.mix(background, x, y);
    double shadow = 1 - SHADOW_DEPTH * smooth(unit(0.5 - towardsLight / SHADOW_BLUR));
    // How far the surface near the rim leans towards the light, -1 to 1.
    double lean = (towardsLight - distance) / SHADOW_OFFSET;
    double bevel = BEVEL_DEPTH * lean * unit(1 + distance / BEVEL_WIDTH);
    double sky = 1 + lightDepth * (x * lightX + y * lightY);
    for (int channel = 0; channel < 3; channel++) {
      double ground = firstTone[channel] + mix * (secondTone[channel] - firstTone[channel]);
      double paint = color.channel(channel);
      double surface = bevel > 0 ? paint + bevel * (1 - paint) : paint * (1 + bevel);
      out[channel] = sky * (coverage * surface + (1 - coverage) * shadow * ground);
    }
  }

  /** The distance to the rim of the shape, negative inside. */
  private double distance(double x, double y) {
    double dx = (x - centerX) / radius;
    double dy = (y - centerY) / radius;
    return radius * shape.distance(dx * cosine + dy * sine, dy * cosine - dx * sine);
  }

  private double pixel() {
    return 2.0 / size;
  }

  /**
   * A tone from its place on the colour circle.
   *
   * @param hue 0 to 6
   */
  private static double[] tone(double hue, double saturation, double lightness) {
    double[] rgb = new double[3];
    for (int channel = 0; channel < 3; channel++) {
      double turned = (hue + 6 - 2 * channel) % 6;
      double pure = unit(Math.abs(turned - 3) - 1);
      rgb[channel] = lightness + saturation * (pure - 0.5);
    }
    return rgb;
  }

  private static double smooth(double t) {
    return t * t * (3 - 2 * t);
  }

  private static double unit(double x) {
    return Math.max(0, Math.min(1, x));
  }
}
