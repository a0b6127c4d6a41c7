package io.github.dar.model;

import io.github.dar.engine.RandomStream;

/**
 * Random directions at right angles to each other and to (1, .., 1): a layer norm, which takes the
 * mean away, leaves what is written along them.
 */
final class OrthonormalRows {

  private final double[][] rows;

  /**
   * Draws directions.
   *
   * @param count how many, below {@code width}
   */
  OrthonormalRows(int count, int width, RandomStream random) {
    if (count >= width) {
      throw new IllegalArgumentException(count + " directions don't fit into " + width + " values");
    }
    rows = new double[count][width];
    for (int i = 0; i < count; i++) {
      for (int at = 0; at < width; at++) {
        rows[i][at] = random.nextGaussian();
      }
      // Twice, as what is left the first time carries rounding errors.
      makeUnit(i);
      makeUnit(i);
    }
  }

  private void makeUnit(int index) {
    double[] row = rows[index];
    double mean = 0;
    for (double value : row) {
      mean += value / row.length;
    }
    for (int at = 0; at < row.length; at++) {
      row[at] -= mean;
    }
    for (int before = 0; before < index; before++) {
      double along = dot(rows[before], row);
      for (int at = 0; at < row.length; at++) {
        row[at] -= along * rows[before][at];
      }
    }
    double length = Math.sqrt(dot(row, row));
    for (int at = 0; at < row.length; at++) {
      row[at] /= length;
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int at = 0; at < a.length; at++) {
      sum += a[at] * b[at];
    }
    return sum;
  }

  /** One value of one direction. */
  double get(int direction, int at) {
    return rows[direction][at];
  }

  /**
   * Takes what lies along the directions out of the columns of a matrix {@code [width, columns]}.
   */
  void removeFrom(float[] matrix, int columns) {
    for (int column = 0; column < columns; column++) {
      for (double[] row : rows) {
        double along = 0;
        for (int at = 0; at < row.length; at++) {
          along += row[at] * matrix[at * columns + column];
        }
        for (int at = 0; at < row.length; at++) {
          matrix[at * columns + column] -= (float) (along * row[at]);
        }
      }
    }
  }
}
