package io.github.dar.data;

import java.awt.image.Raster;

/**
 * The colours of a JPEG: which space its samples are in, found as libjpeg finds it, and their way
 * to RGB, in libjpeg's and Pillow's integer arithmetic.
 */
enum JpegColors {
  /** One channel. */
  GRAY {
    @Override
    void pixel(byte[] in, int at, byte[] out, int to) {
      out[to] = in[at];
      out[to + 1] = in[at];
      out[to + 2] = in[at];
    }
  },
  /** Stored as it is. */
  RGB {
    @Override
    void pixel(byte[] in, int at, byte[] out, int to) {
      out[to] = in[at];
      out[to + 1] = in[at + 1];
      out[to + 2] = in[at + 2];
    }
  },
  /** Lightness and two colour differences: nearly all. */
  YCBCR {
    @Override
    void pixel(byte[] in, int at, byte[] out, int to) {
      out[to] = (byte) red(in, at);
      out[to + 1] = (byte) green(in, at);
      out[to + 2] = (byte) blue(in, at);
    }

    @Override
    void row(byte[] in, int bands, byte[] out, int to) {
      for (int at = 0; at < in.length; at += 3) {
        out[to + at] = (byte) red(in, at);
        out[to + at + 1] = (byte) green(in, at);
        out[to + at + 2] = (byte) blue(in, at);
      }
    }
  },
  /** Printing inks; 255 is no ink, as Adobe stores them. */
  CMYK {
    @Override
    void pixel(byte[] in, int at, byte[] out, int to) {
      out[to] = ink(255 - u8(in, at), u8(in, at + 3));
      out[to + 1] = ink(255 - u8(in, at + 1), u8(in, at + 3));
      out[to + 2] = ink(255 - u8(in, at + 2), u8(in, at + 3));
    }
  },
  /** Printing inks whose first three channels are stored as lightness and colour differences. */
  YCCK {
    @Override
    void pixel(byte[] in, int at, byte[] out, int to) {
      out[to] = ink(red(in, at), u8(in, at + 3));
      out[to + 1] = ink(green(in, at), u8(in, at + 3));
      out[to + 2] = ink(blue(in, at), u8(in, at + 3));
    }
  };

  private static final int START_OF_FRAME_FIRST = 0xC0;
  private static final int START_OF_FRAME_LAST = 0xCF;
  private static final int HUFFMAN_TABLES = 0xC4;
  private static final int ARITHMETIC_TABLES = 0xCC;
  private static final int RESERVED = 0xC8;
  private static final int START_OF_SCAN = 0xDA;
  private static final int APP0 = 0xE0;
  private static final int APP14 = 0xEE;

  abstract void pixel(byte[] in, int at, byte[] out, int to);

  /** A row of pixels. Overridden where speed counts. */
  void row(byte[] in, int bands, byte[] out, int to) {
    for (int at = 0; at < in.length; at += bands) {
      pixel(in, at, out, to + at / bands * 3);
    }
  }

  /** Whether bytes begin as a JPEG does. */
  static boolean isJpeg(byte[] bytes) {
    return bytes.length > 3 && u8(bytes, 0) == 0xFF && u8(bytes, 1) == 0xD8;
  }

  /** The colours of a JPEG that was decoded, so is in order. */
  static JpegColors of(byte[] jpeg) {
    boolean jfif = false;
    int adobeTransform = -1;
    int at = 2;
    while (true) {
      while (u8(jpeg, at) != 0xFF || u8(jpeg, at + 1) == 0xFF || u8(jpeg, at + 1) == 0) {
        at++;
      }
      int marker = u8(jpeg, at + 1);
      int data = at + 4;
      int length = u8(jpeg, at + 2) << 8 | u8(jpeg, at + 3);
      if (marker == APP0 && length >= 7 && startsWith(jpeg, data, "JFIF\0")) {
        jfif = true;
      } else if (marker == APP14 && length >= 14 && startsWith(jpeg, data, "Adobe")) {
        adobeTransform = u8(jpeg, data + 11);
      } else if (isStartOfFrame(marker)) {
        return of(jpeg, data + 5, jfif, adobeTransform);
      } else if (marker == START_OF_SCAN) {
        throw new IllegalArgumentException("a scan before its frame");
      }
      at += 2 + length;
    }
  }

  /**
   * As {@code default_decompress_parms} of libjpeg.
   *
   * @param components where the frame says how many there are
   * @param adobeTransform of the Adobe marker, -1 without one
   */
  private static JpegColors of(byte[] jpeg, int components, boolean jfif, int adobeTransform) {
    switch (u8(jpeg, components)) {
      case 1:
        return GRAY;
      case 3:
        boolean namedRgb =
            u8(jpeg, components + 1) == 'R'
                && u8(jpeg, components + 4) == 'G'
                && u8(jpeg, components + 7) == 'B';
        if (jfif) {
          return YCBCR;
        }
        return adobeTransform == 0 || adobeTransform < 0 && namedRgb ? RGB : YCBCR;
      case 4:
        return adobeTransform > 0 ? YCCK : CMYK;
      default:
        throw new IllegalArgumentException(u8(jpeg, components) + " colour channels");
    }
  }

  /** Samples of these colours as an RGB picture. */
  RgbImage toRgb(Raster raster) {
    int width = raster.getWidth();
    int bands = raster.getNumBands();
    byte[] rgb = new byte[width * raster.getHeight() * 3];
    byte[] row = new byte[width * bands];
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getDataElements(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      row(row, bands, rgb, y * width * 3);
    }
    return new RgbImage(width, raster.getHeight(), rgb);
  }

  // jdcolor.c: factors of 1.402, 0.71414, 0.34414 and 1.772 with 16 fractional bits.

  private static int red(byte[] in, int at) {
    return clip(u8(in, at) + ((91881 * (u8(in, at + 2) - 128) + 32768) >> 16));
  }

  private static int green(byte[] in, int at) {
    int differences = -22554 * (u8(in, at + 1) - 128) - 46802 * (u8(in, at + 2) - 128);
    return clip(u8(in, at) + ((differences + 32768) >> 16));
  }

  private static int blue(byte[] in, int at) {
    return clip(u8(in, at) + ((116130 * (u8(in, at + 1) - 128) + 32768) >> 16));
  }

  /** As {@code cmyk2rgb} of Pillow: what {@code ink} of a colour leaves of {@code light}. */
  private static byte ink(int ink, int light) {
    int product = ink * light + 128;
    return (byte) clip(light - ((product + (product >> 8)) >> 8));
  }

  private static int clip(int value) {
    return Math.max(0, Math.min(255, value));
  }

  private static boolean isStartOfFrame(int marker) {
    return marker >= START_OF_FRAME_FIRST
        && marker <= START_OF_FRAME_LAST
        && marker != HUFFMAN_TABLES
        && marker != RESERVED
        && marker != ARITHMETIC_TABLES;
  }

  private static boolean startsWith(byte[] bytes, int at, String text) {
    for (int i = 0; i < text.length(); i++) {
      if (u8(bytes, at + i) != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static int u8(byte[] bytes, int at) {
    return bytes[at] & 0xFF;
  }
}
