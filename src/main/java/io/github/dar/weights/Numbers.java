package io.github.dar.weights;

import java.nio.ByteBuffer;

/** Converts single elements between their stored bits and Java's numbers. */
final class Numbers {

  private Numbers() {}

  /** Exact for every type but {@code F64} and wide integers, which are rounded to nearest. */
  static float floatAt(DType dtype, ByteBuffer data, int at) {
    return switch (dtype) {
      case F32 -> data.getFloat(at);
      case F16 -> f16ToFloat(data.getShort(at));
      case BF16 -> Float.intBitsToFloat(data.getShort(at) << 16);
      case F8_E4M3 -> e4m3ToFloat(data.get(at));
      case F8_E5M2 -> f16ToFloat((short) (data.get(at) << 8));
      case F8_E8M0 -> e8m0ToFloat(data.get(at));
      case F64 -> (float) data.getDouble(at);
      case U64 -> (float) unsignedToDouble(data.getLong(at));
      default -> longAt(dtype, data, at);
    };
  }

  /** Exact for every type but 64-bit integers beyond 2^53. */
  static double doubleAt(DType dtype, ByteBuffer data, int at) {
    return switch (dtype) {
      case F64 -> data.getDouble(at);
      case U64 -> unsignedToDouble(data.getLong(at));
      case I64, U32, I32 -> longAt(dtype, data, at);
      default -> floatAt(dtype, data, at);
    };
  }

  /** Whole numbers only; a {@code U64} beyond 2^63 is an {@link ArithmeticException}. */
  static long longAt(DType dtype, ByteBuffer data, int at) {
    return switch (dtype) {
      case BOOL -> data.get(at) == 0 ? 0 : 1;
      case U8 -> Byte.toUnsignedLong(data.get(at));
      case I8 -> data.get(at);
      case U16 -> Short.toUnsignedLong(data.getShort(at));
      case I16 -> data.getShort(at);
      case U32 -> Integer.toUnsignedLong(data.getInt(at));
      case I32 -> data.getInt(at);
      case I64 -> data.getLong(at);
      case U64 -> {
        long value = data.getLong(at);
        if (value < 0) {
          throw new ArithmeticException(Long.toUnsignedString(value) + " does not fit into a long");
        }
        yield value;
      }
      default -> throw new IllegalArgumentException(dtype + " holds no whole numbers");
    };
  }

  /** Appends a value, rounded to nearest even, in one of the types a checkpoint is kept in. */
  static void put(DType dtype, ByteBuffer out, double value) {
    switch (dtype) {
      case F64 -> out.putDouble(value);
      case F32 -> out.putFloat((float) value);
      case F16 -> out.putShort(floatToF16((float) value));
      case BF16 -> out.putShort(floatToBf16((float) value));
      default -> throw new IllegalArgumentException("no conversion to " + dtype);
    }
  }

  static float f16ToFloat(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = half & 0x7c00;
    int mantissa = half & 0x03ff;
    if (exponent == 0) {
      float magnitude = mantissa * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    // An exponent of ones means infinity or NaN in both formats.
    int widened = exponent == 0x7c00 ? 0x7f800000 : (exponent << 13) + (112 << 23);
    return Float.intBitsToFloat(sign | widened | mantissa << 13);
  }

  static short floatToF16(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & 0x8000;
    int magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000) {
      return (short) (sign | 0x7e00);
    }
    if (magnitude >= 0x477ff000) {
      // 65520 and beyond round to infinity.
      return (short) (sign | 0x7c00);
    }
    if (magnitude < 0x38800000) {
      // Below the smallest normal half the unit is 2^-24; the product is exact.
      return (short) (sign | (int) Math.rint(Float.intBitsToFloat(magnitude) * 0x1p24f));
    }
    int even = magnitude >>> 13 & 1;
    return (short) (sign | (magnitude - (112 << 23) + 0xfff + even) >>> 13);
  }

  static short floatToBf16(float value) {
    if (Float.isNaN(value)) {
      // As PyTorch does: rounding the bits could turn a NaN into an infinity.
      return 0x7fc0;
    }
    int bits = Float.floatToRawIntBits(value);
    int even = bits >>> 16 & 1;
    return (short) (bits + 0x7fff + even >>> 16);
  }

  private static float e4m3ToFloat(byte value) {
    int magnitude = value & 0x7f;
    float result;
    if (magnitude == 0x7f) {
      result = Float.NaN;
    } else if (magnitude < 8) {
      result = magnitude * 0x1p-9f;
    } else {
      result = Float.intBitsToFloat((magnitude << 20) + (120 << 23));
    }
    return value < 0 ? -result : result;
  }

  private static float e8m0ToFloat(byte value) {
    int exponent = Byte.toUnsignedInt(value);
    return exponent == 0xff ? Float.NaN : (float) Math.scalb(1.0, exponent - 127);
  }

  private static double unsignedToDouble(long value) {
    // Halving keeps the lowest bit sticky so that doubling rounds only once.
    return value >= 0 ? value : 2.0 * (value >>> 1 | value & 1);
  }
}
