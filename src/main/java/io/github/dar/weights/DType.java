package io.github.dar.weights;

import java.util.Optional;

/**
 * Element types of tensors on the host, by the names the safetensors format gives them. Types
 * smaller than a byte don't exist here: neither PyTorch nor numpy has them.
 */
public enum DType {
  /** One byte, 0 or 1. */
  BOOL(1, Kind.BOOLEAN),
  /** Unsigned byte. */
  U8(1, Kind.INTEGER),
  /** Signed byte. */
  I8(1, Kind.INTEGER),
  /** Unsigned 16-bit integer. */
  U16(2, Kind.INTEGER),
  /** Signed 16-bit integer. */
  I16(2, Kind.INTEGER),
  /** Unsigned 32-bit integer. */
  U32(4, Kind.INTEGER),
  /** Signed 32-bit integer. */
  I32(4, Kind.INTEGER),
  /** Unsigned 64-bit integer. */
  U64(8, Kind.INTEGER),
  /** Signed 64-bit integer. */
  I64(8, Kind.INTEGER),
  /** 8-bit float, 4 exponent and 3 mantissa bits, no infinities ({@code float8_e4m3fn}). */
  F8_E4M3(1, Kind.FLOATING),
  /** 8-bit float, 5 exponent and 2 mantissa bits: the upper half of an {@link #F16}. */
  F8_E5M2(1, Kind.FLOATING),
  /** A power of two, used as a scale ({@code float8_e8m0fnu}). */
  F8_E8M0(1, Kind.FLOATING),
  /** IEEE half. */
  F16(2, Kind.FLOATING),
  /** The upper half of an {@link #F32}. */
  BF16(2, Kind.FLOATING),
  /** IEEE single. */
  F32(4, Kind.FLOATING),
  /** IEEE double. */
  F64(8, Kind.FLOATING),
  /** Two {@link #F32}: real and imaginary part. Stored and copied, never converted. */
  C64(8, Kind.COMPLEX);

  /** What the bits mean. */
  private enum Kind {
    BOOLEAN,
    INTEGER,
    FLOATING,
    COMPLEX
  }

  private final int bytes;
  private final Kind kind;

  DType(int bytes, Kind kind) {
    this.bytes = bytes;
    this.kind = kind;
  }

  /** Returns the size of one element. */
  public int bytes() {
    return bytes;
  }

  /** Returns whether this is a real floating point type. */
  public boolean isFloating() {
    return kind == Kind.FLOATING;
  }

  /** Returns whether the values are whole numbers; {@link #BOOL} counts as 0 and 1. */
  public boolean isInteger() {
    return kind == Kind.INTEGER || kind == Kind.BOOLEAN;
  }

  /** Returns the type a safetensors header calls {@code name}, if there is one. */
  public static Optional<DType> ofSafeTensors(String name) {
    for (DType dtype : values()) {
      if (dtype.name().equals(name)) {
        return Optional.of(dtype);
      }
    }
    return Optional.empty();
  }
}
