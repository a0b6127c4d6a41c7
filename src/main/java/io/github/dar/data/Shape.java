package io.github.dar.data;

/**
 * The shapes of the generated data set, as signed distances: negative inside, positive outside, in
 * units of the shape's radius. The ordinal is part of the class id.
 */
enum Shape {
  /** Round. */
  CIRCLE {
    @Override
    double distance(double x, double y) {
      return length(x, y) - 0.9;
    }
  },
  /** Four equal sides, upright. */
  SQUARE {
    private final Polygon outline = new Polygon(0.08, -0.7, -0.7, 0.7, -0.7, 0.7, 0.7, -0.7, 0.7);

    @Override
    double distance(double x, double y) {
      return outline.distance(x, y);
    }
  },
  /** Five points. */
  STAR {
    private final Polygon outline = Polygon.star(5, 1.02, 0.44, 0.05);

    @Override
    double distance(double x, double y) {
      return outline.distance(x, y);
    }
  },
  /** Three equal sides, one at the bottom. */
  TRIANGLE {
    private final Polygon outline = new Polygon(0.07, 0, -0.95, 0.93, 0.66, -0.93, 0.66);

    @Override
    double distance(double x, double y) {
      return outline.distance(x, y);
    }
  },
  /** As on playing cards. */
  HEART {
    private static final double SCALE = 0.62;

    @Override
    double distance(double px, double py) {
      double x = Math.abs(px) * SCALE;
      double y = 0.55 - py * SCALE;
      if (x + y > 1) {
        return (length(x - 0.25, y - 0.75) - Math.sqrt(2) / 4) / SCALE;
      }
      double half = Math.max(x + y, 0) / 2;
      double nearest = Math.min(length(x, y - 1), length(x - half, y - half));
      return (x > y ? nearest : -nearest) / SCALE;
    }
  },
  /** As on playing cards: higher than wide. */
  DIAMOND {
    private final Polygon outline = new Polygon(0.05, 0, -1.05, 0.58, 0, 0, 1.05, -0.58, 0);

    @Override
    double distance(double x, double y) {
      return outline.distance(x, y);
    }
  },
  /** A circle with a hole. */
  RING {
    @Override
    double distance(double x, double y) {
      return Math.abs(length(x, y) - 0.7) - 0.23;
    }
  },
  /** Two bars. */
  CROSS {
    @Override
    double distance(double x, double y) {
      return Math.min(bar(x, y), bar(y, x));
    }

    private static double bar(double x, double y) {
      double across = Math.abs(x) - 0.92;
      double along = Math.abs(y) - 0.28;
      return length(Math.max(across, 0), Math.max(along, 0))
          + Math.min(Math.max(across, along), 0)
          - 0.04;
    }
  },
  /** A crescent. */
  MOON {
    @Override
    double distance(double x, double y) {
      return Math.max(length(x, y) - 0.95, 0.78 - length(x - 0.5, y + 0.12));
    }
  },
  /** Five petals. */
  FLOWER {
    private final double[] petals = Polygon.star(5, 0.56, 0, 0).corners();

    @Override
    double distance(double x, double y) {
      double nearest = length(x, y) - 0.4;
      for (int i = 0; i < petals.length; i += 4) {
        nearest = Math.min(nearest, length(x - petals[i], y - petals[i + 1]) - 0.4);
      }
      return nearest;
    }
  };

  /**
   * @param x rightwards from the middle
   * @param y downwards from the middle
   */
  abstract double distance(double x, double y);

  private static double length(double x, double y) {
    return Math.sqrt(x * x + y * y);
  }

  /**
   * A polygon with round corners.
   *
   * @param rounding the radius of the corners, added all around
   * @param corners x and y of each
   */
  private record Polygon(double rounding, double... corners) {

    /** Points on an outer circle and, between them, on an inner one; the first is at the top. */
    static Polygon star(int points, double outer, double inner, double rounding) {
      double[] corners = new double[4 * points];
      for (int i = 0; i < 2 * points; i++) {
        double angle = Math.PI * i / points;
        double radius = i % 2 == 0 ? outer : inner;
        corners[2 * i] = radius * StrictMath.sin(angle);
        corners[2 * i + 1] = -radius * StrictMath.cos(angle);
      }
      return new Polygon(rounding, corners);
    }

    /** The distance to the nearest edge; each edge that a ray crosses changes sides. */
    double distance(double x, double y) {
      double nearest = Double.MAX_VALUE;
      boolean inside = false;
      double fromX = corners[corners.length - 2];
      double fromY = corners[corners.length - 1];
      for (int i = 0; i < corners.length; i += 2) {
        double edgeX = corners[i] - fromX;
        double edgeY = corners[i + 1] - fromY;
        double dx = x - fromX;
        double dy = y - fromY;
        double along = (dx * edgeX + dy * edgeY) / (edgeX * edgeX + edgeY * edgeY);
        double clamped = Math.max(0, Math.min(1, along));
        double restX = dx - edgeX * clamped;
        double restY = dy - edgeY * clamped;
        nearest = Math.min(nearest, restX * restX + restY * restY);
        boolean down = edgeY > 0;
        if (y >= fromY == y < corners[i + 1] && down == edgeX * dy > edgeY * dx) {
          inside = !inside;
        }
        fromX = corners[i];
        fromY = corners[i + 1];
      }
      return (inside ? -1 : 1) * Math.sqrt(nearest) - rounding;
    }
  }
}
