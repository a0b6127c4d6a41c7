package io.github.dar.features;

import ai.djl.ndarray.NDArray;
import io.github.dar.testing.Naive;

/**
 * A picture or the features of one, and what convolutional networks do to it, in plain loops.
 *
 * @param values {@code [C][height * width]}
 */
record Plane(double[][] values, int height, int width) {

  /** Of a value in channel c. */
  interface Function {
    double of(int channel, double value);
  }

  /** From {@code [C, H, W]}. */
  static Plane of(NDArray array) {
    int channels = (int) array.getShape().get(0);
    int height = (int) array.getShape().get(1);
    int width = (int) array.getShape().get(2);
    float[] all = array.toFloatArray();
    double[][] values = new double[channels][];
    for (int c = 0; c < channels; c++) {
      values[c] = Naive.doubles(all, c * height * width, height * width);
    }
    return new Plane(values, height, width);
  }

  Plane map(Function function) {
    double[][] out = new double[values.length][height * width];
    for (int c = 0; c < out.length; c++) {
      for (int i = 0; i < out[c].length; i++) {
        out[c][i] = function.of(c, values[c][i]);
      }
    }
    return new Plane(out, height, width);
  }

  Plane leaky() {
    return map((c, v) -> v < 0 ? 0.2 * v : v);
  }

  private double at(int channel, int row, int column) {
    boolean inside = row >= 0 && row < height && column >= 0 && column < width;
    return inside ? values[channel][row * width + column] : 0;
  }

  /** A convolution of {@code kernel} rows and columns with padding 1. */
  Plane convolved(Naive layers, String name, int kernel, int stride) {
    float[] weight = layers.weight(name + ".weight");
    float[] bias = layers.weight(name + ".bias");
    int each = values.length * kernel * kernel;
    int rows = (height + 2 - kernel) / stride + 1;
    int columns = (width + 2 - kernel) / stride + 1;
    double[][] out = new double[weight.length / each][rows * columns];
    for (int o = 0; o < out.length; o++) {
      for (int i = 0; i < out[o].length; i++) {
        double sum = bias == null ? 0 : bias[o];
        for (int w = 0; w < each; w++) {
          int row = i / columns * stride - 1 + w / kernel % kernel;
          int column = i % columns * stride - 1 + w % kernel;
          sum += weight[o * each + w] * at(w / (kernel * kernel), row, column);
        }
        out[o][i] = sum;
      }
    }
    return new Plane(out, rows, columns);
  }

  /** The greatest of each 2x2. */
  Plane halved() {
    double[][] out = new double[values.length][height / 2 * (width / 2)];
    for (int c = 0; c < out.length; c++) {
      for (int i = 0; i < out[c].length; i++) {
        int row = i / (width / 2) * 2;
        int column = i % (width / 2) * 2;
        double above = Math.max(at(c, row, column), at(c, row, column + 1));
        double below = Math.max(at(c, row + 1, column), at(c, row + 1, column + 1));
        out[c][i] = Math.max(above, below);
      }
    }
    return new Plane(out, height / 2, width / 2);
  }

  /** GroupNorm of 16 groups, eps 1e-5. */
  Plane groupNormed() {
    int channels = values.length / 16;
    int count = channels * height * width;
    double[] mean = new double[16];
    double[] variance = new double[16];
    map((c, v) -> mean[c / channels] += v / count);
    map((c, v) -> variance[c / channels] += Math.pow(v - mean[c / channels], 2) / count);
    return map((c, v) -> (v - mean[c / channels]) / Math.sqrt(variance[c / channels] + 1e-5));
  }

  /** LPIPS's distance at one level: squared differences of unit vectors, weighted by channel. */
  double apart(Plane other, float[] weights) {
    double sum = 0;
    for (int i = 0; i < height * width; i++) {
      double a = length(i);
      double b = other.length(i);
      for (int c = 0; c < values.length; c++) {
        double difference = values[c][i] / (a + 1e-10) - other.values[c][i] / (b + 1e-10);
        sum += weights[c] * difference * difference / (height * width);
      }
    }
    return sum;
  }

  private double length(int place) {
    double square = 0;
    for (double[] channel : values) {
      square += channel[place] * channel[place];
    }
    return Math.sqrt(square);
  }

  /** torch's bicubic resizing: a = -0.75, no antialiasing, edges repeated. */
  Plane bicubic(int rows, int columns) {
    double[][] out = new double[values.length][rows * columns];
    for (int c = 0; c < out.length; c++) {
      for (int i = 0; i < out[c].length; i++) {
        double y = (i / columns + 0.5) * height / rows - 0.5;
        double x = (i % columns + 0.5) * width / columns - 0.5;
        for (int row = (int) Math.floor(y) - 1; row <= Math.floor(y) + 2; row++) {
          for (int column = (int) Math.floor(x) - 1; column <= Math.floor(x) + 2; column++) {
            int insideRow = Math.max(0, Math.min(height - 1, row));
            int insideColumn = Math.max(0, Math.min(width - 1, column));
            out[c][i] += cubic(y - row) * cubic(x - column) * at(c, insideRow, insideColumn);
          }
        }
      }
    }
    return new Plane(out, rows, columns);
  }

  private static double cubic(double distance) {
    double a = -0.75;
    double d = Math.abs(distance);
    return d <= 1
        ? ((a + 2) * d - (a + 3)) * d * d + 1
        : d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
  }
}
