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
    RgbImage wide = width == image.width() ? image : horizontal(image, width, filter);
    return height == wide.height() ? wide : vertical(wide, height, filter);
  }

  private static RgbImage horizontal(RgbImage image, int width, Filter filter) {
    Weights weights = Weights.of(image.width(), width, filter);
    byte[] in = image.rgb();
    byte[] out = new byte[width * image.height() * 3];
    int at = 0;
    for (int y = 0; y < image.height(); y++) {
      int row = y * image.width() * 3;
      for (int x = 0; x < width; x++) {
        int red = HALF;
        int green = HALF;
        int blue = HALF;
        int from = row + weights.first[x] * 3;
        int weight = x * weights.stride;
        for (int tap = 0; tap < weights.count[x]; tap++, from += 3) {
          int w = weights.fixed[weight + tap];
          red += w * (in[from] & 0xFF);
          green += w * (in[from + 1] & 0xFF);
          blue += w * (in[from + 2] & 0xFF);
        }
        out[at++] = clip(red);
        out[at++] = clip(green);
        out[at++] = clip(blue);
      }
    }
    return new RgbImage(width, image.height(), out);
  }

  private static RgbImage vertical(RgbImage image, int height, Filter filter) {
    Weights weights = Weights.of(image.height(), height, filter);
    int rowBytes = image.width() * 3;
    byte[] in = image.rgb();
    byte[] out = new byte[rowBytes * height];
    int[] sums = new int[rowBytes];
    for (int y = 0; y < height; y++) {
      Arrays.fill(sums, HALF);
      for (int tap = 0; tap < weights.count[y]; tap++) {
        int w = weights.fixed[y * weights.stride + tap];
        int from = (weights.first[y] + tap) * rowBytes;
        for (int i = 0; i < rowBytes; i++) {
          sums[i] += w * (in[from + i] & 0xFF);
        }
      }
      for (int i = 0; i < rowBytes; i++) {
        out[y * rowBytes + i] = clip(sums[i]);
      }
    }
    return new RgbImage(image.width(), height, out);
  }

  private static byte clip(int sum) {
    return (byte) Math.max(0, Math.min(255, sum >> PRECISION_BITS));
  }

  /**
   * What each output pixel of a pass takes from which input pixels.
   *
   * @param first the first input pixel of each output pixel
   * @param count how many input pixels it takes
   * @param fixed their weights, {@code stride} places for each output pixel, in units of 2^-22
   */
  private record Weights(int[] first, int[] count, int[] fixed, int stride) {

    /** As {@code precompute_coeffs} and {@code normalize_coeffs_8bpc} of Pillow's Resample.c. */
    static Weights of(int in, int out, Filter filter) {
      double scale = (double) in / out;
      double stretch = Math.max(scale, 1);
      double support = filter.support * stretch;
      double perPixel = 1 / stretch;
      int stride = (int) Math.ceil(support) * 2 + 1;
      Weights weights =
          new Weights(new int[out], new int[out], new int[Math.multiplyExact(out, stride)], stride);
      double[] row = new double[stride];
      for (int i = 0; i < out; i++) {
        double center = (i + 0.5) * scale;
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
