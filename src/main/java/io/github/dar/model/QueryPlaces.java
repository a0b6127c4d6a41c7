package io.github.dar.model;

import io.github.dar.config.TokenLayout;
import io.github.dar.config.TokenizerConfig;

/**
 * Where in the picture the queries begin to look: those of a group share it out, as a grid of
 * cells. A place is written as a wave along each axis, of the one pair of the rotary embedding that
 * tells all rows apart and does so best.
 */
final class QueryPlaces {

  /** Values that tell a place: cosine and sine of the row, cosine and sine of the column. */
  static final int VALUES = 4;

  private static final int PAIRS_AN_AXIS = TokenizerConfig.HEAD_SIZE / 4;
  // The wave must not come round again within the picture.
  private static final double PERIOD = 1.4;
  // How much the score of attention falls from the middle of a cell to that of the next.
  private static final double FALL = 4;

  private final int group;
  private final int cellRows;
  private final int cellColumns;
  private final int side;
  private final int pair;
  private final double frequency;

  /**
   * @param side patches along a side of the picture
   * @param theta base of the rotary embedding
   */
  QueryPlaces(TokenLayout tokens, int side, double theta) {
    this.side = side;
    group = tokens.queriesPerStep();
    int rows = (int) Math.sqrt(group);
    while (group % rows != 0) {
      rows--;
    }
    cellRows = rows;
    cellColumns = group / rows;
    double wanted = 2 * Math.PI / (PERIOD * side);
    int nearest = 0;
    for (int i = 1; i < PAIRS_AN_AXIS; i++) {
      if (apart(frequency(i, theta), wanted) < apart(frequency(nearest, theta), wanted)) {
        nearest = i;
      }
    }
    pair = nearest;
    frequency = frequency(nearest, theta);
  }

  private static double frequency(int pair, double theta) {
    return Math.pow(theta, -(double) pair / PAIRS_AN_AXIS);
  }

  private static double apart(double a, double b) {
    return Math.abs(Math.log(a / b));
  }

  /** The middle of the cell of a query: its row, in patches. */
  double row(int query) {
    return (query % group / cellColumns + 0.5) * side / cellRows - 0.5;
  }

  /** The middle of the cell of a query: its column, in patches. */
  double column(int query) {
    return (query % cellColumns + 0.5) * side / cellColumns - 0.5;
  }

  /**
   * How many parts of its cell a query can look at apart, a patch each at least: they divide the
   * longer side.
   *
   * @param heads that look
   */
  int parts(int heads) {
    return Math.min(heads, Math.max(1, side / Math.min(cellRows, cellColumns)));
  }

  /**
   * The way from the middle of a cell to that of a part of it, as the angle that turns a wave.
   *
   * @param axis 0 along the rows, 1 along the columns
   */
  double turn(int axis, int part, int parts) {
    return axis == longAxis() ? frequency * ((part + 0.5) / parts - 0.5) * cell(axis) : 0;
  }

  /**
   * What to multiply the cosines of an axis with, so that they make the score fall as it should.
   *
   * @param parts of a cell that are told apart
   */
  double sharpness(int axis, int parts) {
    double step = axis == longAxis() ? cell(axis) / parts : cell(axis);
    return FALL / (1 - Math.cos(frequency * step));
  }

  private int longAxis() {
    return cellRows <= cellColumns ? 0 : 1;
  }

  private double cell(int axis) {
    return (double) side / (axis == 0 ? cellRows : cellColumns);
  }

  /** Value {@code part} of the place of a query, of {@link #VALUES}. */
  double value(int query, int part) {
    double angle = frequency * (part < 2 ? row(query) : column(query));
    return part % 2 == 0 ? Math.cos(angle) : Math.sin(angle);
  }

  /** The channel of a head in which value {@code part} of a place meets the rotated ones. */
  int channel(int part) {
    return part / 2 * 2 * PAIRS_AN_AXIS + 2 * pair + part % 2;
  }

  /**
   * A channel that hardly turns, for the opposite of the value: so the head's norm sees no mean.
   */
  int balance(int part) {
    return part / 2 * 2 * PAIRS_AN_AXIS + 2 * (PAIRS_AN_AXIS - 1) + part % 2;
  }
}
