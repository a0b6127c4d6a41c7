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
