package io.github.dar.view;

import io.github.dar.data.RgbImage;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * At most 256 colours for a picture. Exact where the picture has no more; else chosen by splitting
 * the box of colours with the greatest squared error at its mean, and drawn with an ordered dither.
 * Ordered, not error diffusion: what doesn't change between two frames must not shimmer.
 */
final class Palette {

  private static final int MAX = 256;

  /** Levels of the dither: about the distance of neighbours in a palette of 256. */
  private static final int SPREAD = 12;

  /** Bayer's 8x8 matrix has 64 thresholds. */
  private static final int THRESHOLDS = 64;

  private final int[] colors;
  private final boolean exact;

  private Palette(int[] colors, boolean exact) {
    this.colors = colors;
    this.exact = exact;
  }

  /** The palette of one picture. */
  static Palette of(RgbImage image) {
    int[] pixels = pixels(image);
    int[] distinct = Arrays.stream(pixels).distinct().limit(MAX + 1L).sorted().toArray();
    return distinct.length <= MAX
        ? new Palette(distinct, true)
        : new Palette(medianCut(pixels), false);
  }

  /** The picture drawn in these colours. */
  BufferedImage draw(RgbImage image) {
    byte[] red = channel(16);
    byte[] green = channel(8);
    byte[] blue = channel(0);
    IndexColorModel model = new IndexColorModel(8, colors.length, red, green, blue);
    BufferedImage out =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_BYTE_INDEXED, model);
    byte[] indices = ((DataBufferByte) out.getRaster().getDataBuffer()).getData();
    int[] pixels = pixels(image);
    // Distances are worked out once a cell of 4 levels a side; the dither is coarser than that.
    int[] nearest = new int[exact ? 0 : 1 << 18];
    for (int i = 0; i < pixels.length; i++) {
      if (exact) {
        indices[i] = (byte) Arrays.binarySearch(colors, pixels[i]);
      } else {
        int color = dither(pixels[i], i % image.width(), i / image.width());
        int cell = (color >> 18 & 63) << 12 | (color >> 10 & 63) << 6 | color >> 2 & 63;
        if (nearest[cell] == 0) {
          nearest[cell] = nearest(color & 0xFCFCFC | 0x020202) + 1;
        }
        indices[i] = (byte) (nearest[cell] - 1);
      }
    }
    return out;
  }

  private byte[] channel(int shift) {
    byte[] values = new byte[colors.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) (colors[i] >> shift);
    }
    return values;
  }

  private static int[] pixels(RgbImage image) {
    int[] pixels = new int[image.width() * image.height()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = Pictures.pixel(image, i % image.width(), i / image.width());
    }
    return pixels;
  }

  private static int dither(int color, int x, int y) {
    int offset = (bayer(x & 7, y & 7) * 2 + 1 - THRESHOLDS) * SPREAD / (2 * THRESHOLDS);
    return clamp((color >> 16 & 255) + offset) << 16
        | clamp((color >> 8 & 255) + offset) << 8
        | clamp((color & 255) + offset);
  }

  /** The Bayer threshold: the bits of x xor y and of y, interleaved and reversed. */
  private static int bayer(int x, int y) {
    int threshold = 0;
    for (int bit = 0; bit < 3; bit++) {
      threshold = threshold << 2 | ((x ^ y) >> bit & 1) << 1 | y >> bit & 1;
    }
    return threshold;
  }

  private static int clamp(int value) {
    return Math.max(0, Math.min(255, value));
  }

  private int nearest(int color) {
    int best = 0;
    int least = Integer.MAX_VALUE;
    for (int i = 0; i < colors.length; i++) {
      int red = (colors[i] >> 16 & 255) - (color >> 16 & 255);
      int green = (colors[i] >> 8 & 255) - (color >> 8 & 255);
      int blue = (colors[i] & 255) - (color & 255);
      int distance = red * red + green * green + blue * blue;
      if (distance < least) {
        least = distance;
        best = i;
      }
    }
    return best;
  }

  private static int[] medianCut(int[] pixels) {
    List<Box> boxes = new ArrayList<>(List.of(new Box(pixels)));
    while (boxes.size() < MAX) {
      Box worst = boxes.stream().max(Comparator.comparingDouble(box -> box.error)).orElseThrow();
      boxes.remove(worst);
      boxes.addAll(worst.split());
    }
    return boxes.stream().mapToInt(box -> box.mean).toArray();
  }

  /** Pixels that share one colour of the palette: their mean. */
  private static final class Box {
    private final int[] pixels;
    private final int mean;
    private final double error;
    private final int widest;

    Box(int[] pixels) {
      this.pixels = pixels;
      int color = 0;
      double greatest = -1;
      int at = 0;
      for (int shift = 16; shift >= 0; shift -= 8) {
        double sum = 0;
        double squares = 0;
        for (int pixel : pixels) {
          int value = pixel >> shift & 255;
          sum += value;
          squares += value * value;
        }
        color |= (int) Math.round(sum / pixels.length) << shift;
        double deviation = squares - sum * sum / pixels.length;
        if (deviation > greatest) {
          greatest = deviation;
          at = shift;
        }
      }
      this.mean = color;
      this.error = greatest;
      this.widest = at;
    }

    /** At the mean of the channel that varies most. Both halves have pixels while that varies. */
    List<Box> split() {
      int shift = widest;
      double sum = 0;
      for (int pixel : pixels) {
        sum += pixel >> shift & 255;
      }
      double middle = sum / pixels.length;
      int[] low = Arrays.stream(pixels).filter(p -> (p >> shift & 255) < middle).toArray();
      int[] high = Arrays.stream(pixels).filter(p -> (p >> shift & 255) >= middle).toArray();
      return List.of(new Box(low), new Box(high));
    }
  }
}
