package io.github.dar.eval;

import io.github.dar.config.UserException;
import io.github.dar.data.RgbImage;

/**
 * How near a reconstruction is to its original, pixel by pixel: PSNR and SSIM, in float64.
 *
 * <p>There are two definitions of either. The standard one (Wang et al., "Image quality assessment:
 * from error visibility to structural similarity", 2004) is for comparisons with the literature.
 * The script's is what D-AR's {@code reconstruction_vq_ddp.py} computes, whose SSIM assumes twice
 * the range and so comes out higher.
 */
public final class ImageQuality {

  private static final int MAX = 255;

  private ImageQuality() {}

  /**
   * The peak signal-to-noise ratio over all bytes of two pictures, in decibels; infinite for equal
   * ones.
   *
   * @throws UserException if their sizes differ
   */
  public static double psnr(RgbImage restored, RgbImage original) {
    requireSameSize(restored, original, 1);
    long squares = 0;
    for (int i = 0; i < original.rgb().length; i++) {
      int difference = (restored.rgb()[i] & 0xFF) - (original.rgb()[i] & 0xFF);
      squares += difference * difference;
    }
    return 10 * Math.log10((double) MAX * MAX * original.rgb().length / squares);
  }

  /**
   * The structural similarity, the mean of the three channels: windows of 11x11 with Gaussian
   * weights of deviation 1.5, only those that lie wholly in the picture.
   *
   * @return at most 1
   * @throws UserException if the sizes differ or are below 11
   */
  public static double ssim(RgbImage restored, RgbImage original) {
    requireSameSize(restored, original, Ssim.GAUSSIAN.side());
    return Ssim.GAUSSIAN.of(bytes(restored), bytes(original), original.width(), MAX);
  }

  /**
   * The PSNR of D-AR's script: of float32 pictures in [0, 1], the original after a round trip. As
   * numpy does it, squares are rounded to float32 and only their sum is not.
   */
  public static double scriptPsnr(RgbImage restored, RgbImage original) {
    requireSameSize(restored, original, 1);
    double squares = 0;
    for (int i = 0; i < original.rgb().length; i++) {
      float difference = fraction(restored.rgb()[i]) - roundTrip(original.rgb()[i]);
      squares += difference * difference;
    }
    return 10 * Math.log10(original.rgb().length / squares);
  }

  /**
   * The SSIM of D-AR's script: scikit-image's windows of 7x7 with equal weights and sample
   * covariances, and a data range of 2 although pictures are in [0, 1]. The script has scikit-image
   * do it in float32, which differs by some 1e-7.
   *
   * @return at most 1
   * @throws UserException if the sizes differ or are below 7
   */
  public static double scriptSsim(RgbImage restored, RgbImage original) {
    requireSameSize(restored, original, Ssim.UNIFORM.side());
    int bytes = original.rgb().length;
    double[] first = new double[bytes];
    double[] second = new double[bytes];
    for (int i = 0; i < bytes; i++) {
      first[i] = fraction(restored.rgb()[i]);
      second[i] = roundTrip(original.rgb()[i]);
    }
    return Ssim.UNIFORM.of(first, second, original.width(), 2);
  }

  private static void requireSameSize(RgbImage restored, RgbImage original, int least) {
    if (restored.width() != original.width() || restored.height() != original.height()) {
      throw new UserException(
          "a picture of %dx%d can't be compared with one of %dx%d; crop both sides the same way"
              .formatted(restored.width(), restored.height(), original.width(), original.height()));
    }
    if (Math.min(original.width(), original.height()) < least) {
      throw new UserException(
          "SSIM looks at windows of %dx%d and a picture is %dx%d; give larger pictures"
              .formatted(least, least, original.width(), original.height()));
    }
  }

  private static double[] bytes(RgbImage image) {
    double[] out = new double[image.rgb().length];
    for (int i = 0; i < out.length; i++) {
      out[i] = image.rgb()[i] & 0xFF;
    }
    return out;
  }

  private static float fraction(byte value) {
    return (value & 0xFF) / 255f;
  }

  /** To [-1, 1] and back, as a data loader and the script do it. */
  private static float roundTrip(byte value) {
    return ((fraction(value) - 0.5f) / 0.5f + 1) / 2;
  }
}
