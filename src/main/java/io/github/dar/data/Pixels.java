package io.github.dar.data;

/**
 * Between bytes and the floats that networks see: {@code [3, height, width]}, -1 black to 1 white.
 * Every step is rounded to float32, as in PyTorch.
 */
public final class Pixels {

  private static final float[] FLOAT_OF_BYTE = floatsOfBytes();

  private Pixels() {}

  /**
   * Writes an image as floats, channel after channel.
   *
   * @param out receives {@code 3 * height * width} values
   * @param offset of the first of them
   */
  public static void toFloats(RgbImage image, float[] out, int offset) {
    byte[] rgb = image.rgb();
    int plane = image.width() * image.height();
    for (int i = 0; i < plane; i++) {
      out[offset + i] = FLOAT_OF_BYTE[rgb[3 * i] & 0xFF];
      out[offset + plane + i] = FLOAT_OF_BYTE[rgb[3 * i + 1] & 0xFF];
      out[offset + 2 * plane + i] = FLOAT_OF_BYTE[rgb[3 * i + 2] & 0xFF];
    }
  }

  /**
   * Reads an image from floats, channel after channel, truncated: what sampled images are stored
   * and measured as.
   *
   * @param offset of the first of its {@code 3 * height * width} values
   */
  public static RgbImage toImage(float[] values, int offset, int width, int height) {
    return image(values, offset, width, height, Pixels::truncated);
  }

  /**
   * As {@link #toImage}, rounded as torchvision's {@code save_image} does with {@code
   * normalize=True, value_range=(-1, 1)}.
   *
   * @param offset of the first of its {@code 3 * height * width} values
   */
  public static RgbImage toImageRounded(float[] values, int offset, int width, int height) {
    return image(values, offset, width, height, Pixels::rounded);
  }

  /** The float of a byte, 0 to 255. */
  static float toFloat(int value) {
    return FLOAT_OF_BYTE[value];
  }

  static byte truncated(float x) {
    // Casting NaN gives 0.
    return (byte) (int) Math.max(0f, Math.min(255f, 127.5f * x + 128f));
  }

  static byte rounded(float x) {
    float unit = (Math.max(-1f, Math.min(1f, x)) + 1f) / 2f;
    return (byte) (int) Math.max(0f, Math.min(255f, unit * 255f + 0.5f));
  }

  private static RgbImage image(
      float[] values, int offset, int width, int height, ToByte conversion) {
    int plane = width * height;
    byte[] rgb = new byte[3 * plane];
    for (int channel = 0; channel < 3; channel++) {
      for (int i = 0; i < plane; i++) {
        rgb[3 * i + channel] = conversion.apply(values[offset + channel * plane + i]);
      }
    }
    return new RgbImage(width, height, rgb);
  }

  private static float[] floatsOfBytes() {
    float[] floats = new float[256];
    for (int value = 0; value < floats.length; value++) {
      floats[value] = (value / 255f - 0.5f) / 0.5f;
    }
    return floats;
  }

  /** A way to round. */
  private interface ToByte {
    byte apply(float x);
  }
}
