package io.github.dar.data;

import java.util.Arrays;

/**
 * Pillow's resize of 8-bit images, bit for bit: a horizontal, then a vertical pass, each with
 * coefficients rounded to 22 fractional bits and its result rounded and clipped to 8 bits. Other
 * resizers give other pixels, and so another FID.
 */
public final class Resize {

  /** The kernels, as functions of the distance in output pixels when shrinking. */
  public enum Filter {
    /** The mean of the pixels that fall into one. */
    BOX(0.5) {
      @Override
      double at(double x) {
        return x > -0.5 && x <= 0.5 ? 1 : 0;
      }
    },
    /** Keys' cubic with a = -0.5, stretched when shrinking so that it doesn't alias. */
    BICUBIC(2) {
      @Override
      double at(double signed) {
        double x = Math.abs(signed);
        if (x < 1) {
          return ((CUBIC_A + 2) * x - (CUBIC_A + 3)) * x * x + 1;
        }
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * CUBIC_A : 0;
      }
    };

    private static final double CUBIC_A = -0.5;

    private final double support;

    Filter(double support) {
      this.support = support;
    }

    abstract double at(double x);
  }

  private static final int PRECISION_BITS = 22;
  private static final int HALF = 1 << (PRECISION_BITS - 1);

  private Resize() {}

  /**
   * The image at another size; itself when the size is its own.
   *
   * @param width in pixels, at least 1
   * @param height in pixels, at least 1
   */
  public static RgbImage resize(RgbImage image, int width, int height, Filter filter) {
    if (width == image.width() && height == image.height()) {
      return image;
    }
    return part(image, width, height, filter, 0, 0, width, height);
  }

  /**
   * A rectangle of the image at another size, without computing what lies outside of it.
   *
   * @param width of the whole in pixels, at least 1
   * @param height of the whole in pixels, at least 1
   * @param left the first column of the rectangle
   * @param top the first row of the rectangle
   */
  static RgbImage part(
      RgbImage image,
      int width,
      int height,
      Filter filter,
      int left,
      int top,
      int partWidth,
      int partHeight) {
    Weights columns = Weights.of(image.width(), width, filter, left, partWidth);
    Weights rows = Weights.of(image.height(), height, filter, top, partHeight);
    int firstRow = rows.first[0];
    int endRow = rows.first[partHeight - 1] + rows.count[partHeight - 1];
    int[] wide = horizontal(image, columns, firstRow, endRow);
    return new RgbImage(partWidth, partHeight, vertical(wide, partWidth * 3, rows, firstRow));
  }

  /** The bytes of some rows after the first pass, as ints, which the second pass reads faster. */
  private static int[] horizontal(RgbImage image, Weights weights, int firstRow, int endRow) {
    byte[] in = image.rgb();
    int[] first = weights.first;
    int[] count = weights.count;
    int[] fixed = weights.fixed;
    int width = first.length;
    int[] out = new int[width * (endRow - firstRow) * 3];
    int at = 0;
    for (int y = firstRow; y < endRow; y++) {
      int row = y * image.width() * 3;
      for (int x = 0; x < width; x++) {
        int red = HALF;
        int green = HALF;
        int blue = HALF;
        int from = row + first[x] * 3;
        int weight = x * weights.stride;
        for (int end = weight + count[x]; weight < end; weight++, from += 3) {
          int w = fixed[weight];
          red += w * (in[from] & 0xFF);
          green += w * (in[from + 1] & 0xFF);
          blue += w * (in[from + 2] & 0xFF);
        }
        out[at] = clip(red);
        out[at + 1] = clip(green);
        out[at + 2] = clip(blue);
        at += 3;
      }
    }
    return out;
  }

  private static byte[] vertical(int[] in, int rowLength, Weights weights, int firstRow) {
    byte[] out = new byte[rowLength * weights.first.length];
    int[] sums = new int[rowLength];
    for (int y = 0; y < weights.first.length; y++) {
      Arrays.fill(sums, HALF);
      for (int tap = 0; tap < weights.count[y]; tap++) {
        int from = (weights.first[y] + tap - firstRow) * rowLength;
        add(in, from, weights.fixed[y * weights.stride + tap], sums);
      }
      for (int i = 0; i < rowLength; i++) {
        out[y * rowLength + i] = (byte) clip(sums[i]);
      }
    }
    return out;
  }

  /** Alone in a method so that the compiler makes it work on many values at a time. */
  private static void add(int[] in, int from, int weight, int[] sums) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += weight * in[from + i];
    }
  }

  private static int clip(int sum) {
    return Math.max(0, Math.min(255, sum >> PRECISION_BITS));
  }

  /**
   * What each output pixel of a pass takes from which input pixels.
   *
   * @param first the first input pixel of each output pixel
   * @param count how many input pixels it takes
   * @param fixed their weights, {@code stride} places for each output pixel, in units of 2^-22
   */
  private record Weights(int[] first, int[] count, int[] fixed, int stride) {

    /**
     * As {@code precompute_coeffs} and {@code normalize_coeffs_8bpc} of Pillow's Resample.c, for
     * {@code length} of the output pixels.
     */
    static Weights of(int in, int out, Filter wanted, int from, int length) {
      // Pillow leaves a pass out that changes nothing.
      Filter filter = in == out ? Filter.BOX : wanted;
      double scale = (double) in / out;
      double stretch = Math.max(scale, 1);
      double support = filter.support * stretch;
      double perPixel = 1 / stretch;
      int stride = (int) Math.ceil(support) * 2 + 1;
      Weights weights =
          new Weights(
              new int[length],
              new int[length],
              new int[Math.multiplyExact(length, stride)],
              stride);
      double[] row = new double[stride];
      for (int i = 0; i < length; i++) {
        double center = (from + i + 0.5) * scale;
        int first = Math.max(0, (int) (center - support + 0.5));
        int count = Math.min(in, (int) (center + support + 0.5)) - first;
        double sum = 0;
        for (int tap = 0; tap < count; tap++) {
          row[tap] = filter.at((tap + first - center + 0.5) * perPixel);
          sum += row[tap];
        }
        weights.first[i] = first;
        weights.count[i] = count;
        for (int tap = 0; tap < count; tap++) {
          double w = (sum == 0 ? row[tap] : row[tap] / sum) * (1 << PRECISION_BITS);
          weights.fixed[i * stride + tap] = (int) (w < 0 ? w - 0.5 : w + 0.5);
        }
      }
      return weights;
    }
  }
}
