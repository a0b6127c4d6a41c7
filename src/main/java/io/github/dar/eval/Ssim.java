package io.github.dar.eval;

/**
 * The structural similarity of two pictures under one kind of window.
 *
 * @param taps the window's weights along either axis; their sum is 1
 * @param covarianceFactor on variances and covariances
 */
record Ssim(double[] taps, double covarianceFactor) {

  /** The window of the paper. */
  static final Ssim GAUSSIAN = new Ssim(gaussianTaps(5, 1.5), 1);

  /** The window that scikit-image takes by default, with its sample covariance. */
  static final Ssim UNIFORM =
      new Ssim(new double[] {1 / 7., 1 / 7., 1 / 7., 1 / 7., 1 / 7., 1 / 7., 1 / 7.}, 49 / 48.);

  private static final int CHANNELS = 3;

  private static double[] gaussianTaps(int radius, double deviation) {
    double[] taps = new double[2 * radius + 1];
    double sum = 0;
    for (int i = 0; i < taps.length; i++) {
      taps[i] = Math.exp(-(i - radius) * (i - radius) / (2 * deviation * deviation));
      sum += taps[i];
    }
    for (int i = 0; i < taps.length; i++) {
      taps[i] /= sum;
    }
    return taps;
  }

  /** Pixels along a side of the window. */
  int side() {
    return taps.length;
  }

  /**
   * The mean over channels and over all windows that lie wholly in the picture.
   *
   * @param a {@code [H, W, 3]}, flat
   * @param b the same
   * @param range between the least and the greatest value
   */
  double of(double[] a, double[] b, int width, double range) {
    int row = CHANNELS * width;
    double c1 = 0.01 * range * 0.01 * range;
    double c2 = 0.03 * range * 0.03 * range;
    double[] meanA = blur(a, row);
    double[] meanB = blur(b, row);
    double[] squareA = blur(product(a, a), row);
    double[] squareB = blur(product(b, b), row);
    double[] mixed = blur(product(a, b), row);
    double sum = 0;
    for (int i = 0; i < meanA.length; i++) {
      double ma = meanA[i];
      double mb = meanB[i];
      double va = covarianceFactor * (squareA[i] - ma * ma);
      double vb = covarianceFactor * (squareB[i] - mb * mb);
      double cov = covarianceFactor * (mixed[i] - ma * mb);
      sum += (2 * ma * mb + c1) * (2 * cov + c2) / ((ma * ma + mb * mb + c1) * (va + vb + c2));
    }
    return sum / meanA.length;
  }

  private static double[] product(double[] a, double[] b) {
    double[] out = new double[a.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = a[i] * b[i];
    }
    return out;
  }

  /** Weighted means over windows: {@code [H, W, 3]} to {@code [H - side + 1, W - side + 1, 3]}. */
  private double[] blur(double[] image, int row) {
    int height = image.length / row - taps.length + 1;
    double[] down = new double[height * row];
    for (int i = 0; i < down.length; i++) {
      double sum = 0;
      for (int t = 0; t < taps.length; t++) {
        sum += taps[t] * image[i + t * row];
      }
      down[i] = sum;
    }
    int narrow = row - CHANNELS * (taps.length - 1);
    double[] out = new double[height * narrow];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < narrow; x++) {
        double sum = 0;
        for (int t = 0; t < taps.length; t++) {
          sum += taps[t] * down[y * row + x + t * CHANNELS];
        }
        out[y * narrow + x] = sum;
      }
    }
    return out;
  }
}
