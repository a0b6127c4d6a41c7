package io.github.dar.data;

import io.github.dar.engine.RandomStream;

/**
 * The backgrounds of the generated data set, as mixtures of two tones. The ordinal is part of the
 * class id.
 */
enum ShapeBackground {
  /** One tone. */
  PLAIN {
    @Override
    double mix(Frame f, double u, double v) {
      return 0.4;
    }
  },
  /** Slanted bands. */
  STRIPES {
    @Override
    double mix(Frame f, double u, double v) {
      return f.edge(band((u + v * f.slant) * 0.8));
    }
  },
  /** Round dots in rows. */
  DOTS {
    @Override
    double mix(Frame f, double u, double v) {
      return f.edge(0.3 - length(fraction(u) - 0.5, fraction(v) - 0.5));
    }
  },
  /** Lying waves. */
  WAVES {
    @Override
    double mix(Frame f, double u, double v) {
      return f.edge(band(v + 0.28 * sine(u * 0.8)));
    }
  },
  /** A wall with light joints. */
  BRICKS {
    @Override
    double mix(Frame f, double u, double v) {
      double row = v * 1.25;
      double shift = Math.floor(row) % 2 == 0 ? 0 : 0.5;
      double joint = Math.min(line(row), line(u * 0.7 + shift) / 0.7 * 1.25);
      return 1 - f.edge(0.09 - joint);
    }
  },
  /** Sectors that meet in the middle. */
  RAYS {
    @Override
    double mix(Frame f, double u, double v) {
      boolean odd = false;
      double nearest = Double.MAX_VALUE;
      for (int i = 0; i < Frame.RAYS; i++) {
        double side = f.centeredU(u) * f.cosines[i] + f.centeredV(v) * f.sines[i];
        odd ^= side > 0;
        nearest = Math.min(nearest, Math.abs(side));
      }
      return f.edge(odd ? nearest : -nearest);
    }
  },
  /** Circles around the middle. */
  RIPPLES {
    @Override
    double mix(Frame f, double u, double v) {
      return f.edge(band(length(f.centeredU(u), f.centeredV(v))));
    }
  },
  /** Squares in turn. */
  CHECKERED {
    @Override
    double mix(Frame f, double u, double v) {
      double a = band(u * 0.6);
      double b = band(v * 0.6);
      double nearest = Math.min(Math.abs(a), Math.abs(b));
      return f.edge(a > 0 == b > 0 ? nearest : -nearest);
    }
  },
  /** Thin crossing lines. */
  GRID {
    @Override
    double mix(Frame f, double u, double v) {
      return f.edge(0.1 - Math.min(line(u), line(v)));
    }
  },
  /** Soft patches. */
  CLOUDS {
    @Override
    double mix(Frame f, double u, double v) {
      double sum = 0.65 * f.noise(u * 0.7, v * 0.7) + 0.35 * f.noise(u * 1.7 + 5, v * 1.7 + 3);
      return Math.max(0, Math.min(1, 0.5 + 2.4 * (sum - 0.5)));
    }
  };

  /**
   * How much of the second tone is at a point.
   *
   * @param u across, in periods of the pattern
   * @param v down, in periods of the pattern
   */
  abstract double mix(Frame frame, double u, double v);

  /** The distance to the edges of bands half a period wide, positive within one. */
  private static double band(double t) {
    return 0.25 - Math.abs(fraction(t) - 0.5);
  }

  /** The distance to the nearest whole number. */
  private static double line(double t) {
    return 0.5 - Math.abs(fraction(t) - 0.5);
  }

  /** A wave of period 1 and height 1, made of parabolas: the same on every machine. */
  private static double sine(double t) {
    double x = 2 * fraction(t) - 1;
    return 4 * x * (Math.abs(x) - 1);
  }

  private static double fraction(double t) {
    return t - Math.floor(t);
  }

  private static double length(double x, double y) {
    return Math.sqrt(x * x + y * y);
  }

  /** What varies from image to image in a background. */
  static final class Frame {

    private static final int RAYS = 7;
    private static final int LATTICE = 16;

    private final double[] cosines = new double[RAYS];
    private final double[] sines = new double[RAYS];
    private final float[] lattice = new float[LATTICE * LATTICE];
    private final double cosine;
    private final double sine;
    private final double period;
    private final double shiftU;
    private final double shiftV;
    private final double middleU;
    private final double middleV;
    private final double slant;
    private final double perPixel;

    /**
     * Draws a frame.
     *
     * @param pixel the size of a pixel where the half image is 1
     */
    Frame(RandomStream random, double pixel) {
      double angle = (random.nextDouble() - 0.5) * 0.35;
      cosine = StrictMath.cos(angle);
      sine = StrictMath.sin(angle);
      period = 0.42 + 0.16 * random.nextDouble();
      shiftU = random.nextDouble();
      shiftV = random.nextDouble();
      middleU = shiftU + (random.nextDouble() - 0.5) * 0.8 / period;
      middleV = shiftV + (random.nextDouble() - 0.5) * 0.8 / period;
      slant = random.nextFloat() < 0.5 ? -1 : 1;
      perPixel = period / pixel;
      for (int i = 0; i < RAYS; i++) {
        cosines[i] = StrictMath.cos(Math.PI * i / RAYS);
        sines[i] = StrictMath.sin(Math.PI * i / RAYS);
      }
      random.uniforms(lattice, 0, lattice.length);
    }

    /** How much of the second tone is at a point of the image, whose half side is 1. */
    double mix(ShapeBackground background, double x, double y) {
      double u = (x * cosine + y * sine) / period + shiftU;
      double v = (y * cosine - x * sine) / period + shiftV;
      return background.mix(this, u, v);
    }

    /** Turns a distance in periods into coverage, smooth over one pixel. */
    private double edge(double distance) {
      return Math.max(0, Math.min(1, 0.5 + distance * perPixel));
    }

    private double centeredU(double u) {
      return u - middleU;
    }

    private double centeredV(double v) {
      return v - middleV;
    }

    /** Random values at whole points, smooth between them. */
    private double noise(double u, double v) {
      double du = fraction(u);
      double dv = fraction(v);
      int column = (int) Math.floor(u);
      int row = (int) Math.floor(v);
      double su = du * du * (3 - 2 * du);
      double sv = dv * dv * (3 - 2 * dv);
      double top = lattice(row, column) * (1 - su) + lattice(row, column + 1) * su;
      double bottom = lattice(row + 1, column) * (1 - su) + lattice(row + 1, column + 1) * su;
      return top * (1 - sv) + bottom * sv;
    }

    private double lattice(int row, int column) {
      return lattice[Math.floorMod(row, LATTICE) * LATTICE + Math.floorMod(column, LATTICE)];
    }
  }
}
