package io.github.dar.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Tensors on the host: conversions, slices, views. */
class HostTensorTest {

  @Test
  void halves_widenedAndNarrowed_keepAllTheirBits() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float half = Numbers.f16ToFloat((short) bits);
      if (!Float.isNaN(half)) {
        assertThat(Numbers.floatToF16(half)).isEqualTo((short) bits);
      } else {
        assertThat(Numbers.f16ToFloat(Numbers.floatToF16(half))).isNaN();
      }
      float brain = Float.intBitsToFloat(bits << 16);
      if (!Float.isNaN(brain)) {
        assertThat(Numbers.floatToBf16(brain)).isEqualTo((short) bits);
      } else {
        assertThat(Numbers.floatToBf16(brain)).isEqualTo((short) 0x7fc0);
      }
    }
  }

  @Test
  void narrowing_roundsToNearestEven() {
    Random random = new Random(3);
    for (int i = 0; i < 200_000; i++) {
      float value = Float.intBitsToFloat(random.nextInt());
      if (Float.isNaN(value)) {
        continue;
      }
      assertNearest(value, Numbers.floatToF16(value), Numbers::f16ToFloat, 65520);
      assertNearest(
          value, Numbers.floatToBf16(value), bits -> Float.intBitsToFloat(bits << 16), 0x1.FFp127);
    }
    assertThat(Numbers.floatToF16(65519.996f)).isEqualTo((short) 0x7bff);
    assertThat(Numbers.floatToF16(65520f)).isEqualTo((short) 0x7c00);
    assertThat(Numbers.floatToF16(0x1p-25f)).isZero();
    assertThat(Numbers.floatToF16(0x1.8p-24f)).isEqualTo((short) 2);
    assertThat(Numbers.floatToBf16(0x1.01p0f)).isEqualTo((short) 0x3f80);
    assertThat(Numbers.floatToBf16(0x1.03p0f)).isEqualTo((short) 0x3f82);
    assertThat(Numbers.floatToBf16(-Float.MAX_VALUE)).isEqualTo((short) 0xff80);
  }

  /** Reads 16 bits. */
  private interface Widen {
    float of(short bits);
  }

  private static void assertNearest(float value, short bits, Widen widen, double infinite) {
    double magnitude = Math.abs(value);
    if (magnitude >= infinite) {
      assertThat(widen.of(bits)).isInfinite();
      return;
    }
    double error = Math.abs((double) widen.of(bits) - value);
    for (short neighbour : new short[] {(short) (bits - 1), (short) (bits + 1)}) {
      double other = widen.of(neighbour);
      if (Double.isFinite(other)) {
        double otherError = Math.abs(other - value);
        assertThat(error).isLessThanOrEqualTo(otherError);
        if (error == otherError) {
          assertThat(bits & 1).isZero();
        }
      }
    }
  }

  @Test
  void smallFloats_haveTheirPublishedValues() {
    byte[] e4m3 = {0x00, 0x01, 0x07, 0x08, 0x38, 0x7e, 0x7f, (byte) 0xb8};
    assertThat(HostTensor.wrap(DType.F8_E4M3, ByteBuffer.wrap(e4m3), 8).toFloats())
        .containsExactly(0f, 0x1p-9f, 7 * 0x1p-9f, 0x1p-6f, 1f, 448f, Float.NaN, -1f);
    byte[] e5m2 = {0x00, 0x01, 0x3c, 0x7b, 0x7c, (byte) 0xbc};
    assertThat(HostTensor.wrap(DType.F8_E5M2, ByteBuffer.wrap(e5m2), 6).toFloats())
        .containsExactly(0f, 0x1p-16f, 1f, 57344f, Float.POSITIVE_INFINITY, -1f);
    byte[] e8m0 = {0, 127, (byte) 254, (byte) 255};
    assertThat(HostTensor.wrap(DType.F8_E8M0, ByteBuffer.wrap(e8m0), 4).toFloats())
        .containsExactly(0x1p-127f, 1f, 0x1p127f, Float.NaN);
  }

  @Test
  void integers_ofEveryWidthAndSign_convert() {
    byte[] ones = {-1, -1, -1, -1, -1, -1, -1, -1};
    ByteBuffer all = ByteBuffer.wrap(ones);
    assertThat(HostTensor.wrap(DType.U16, all, 4).toLongs()).containsOnly(65535);
    assertThat(HostTensor.wrap(DType.U32, all, 2).toLongs()).containsOnly(4294967295L);
    assertThat(HostTensor.wrap(DType.U8, all, 8).toInts()).containsOnly(255);
    assertThat(HostTensor.wrap(DType.I8, all, 8).toFloats()).containsOnly(-1f);
    assertThat(HostTensor.wrap(DType.U64, all, 1).toDoubles()).containsExactly(0x1p64);
    assertThat(HostTensor.wrap(DType.U64, all, 1).toFloats()).containsExactly(0x1p64f);
    assertThatThrownBy(() -> HostTensor.wrap(DType.U64, all, 1).toLongs())
        .isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> HostTensor.wrap(DType.U32, all, 2).toInts())
        .isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> HostTensor.of(new float[1], 1).toLongs())
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(HostTensor.of(new boolean[] {true, false}, 2).toFloats()).containsExactly(1f, 0f);
    assertThat(HostTensor.of(new int[] {-5}, 1).toLongs()).containsExactly(-5);
  }

  @Test
  void tensor_isNotChangedByItsMakersOrReaders() {
    float[] values = {1, 2};
    long[] shape = {2};
    HostTensor tensor = HostTensor.of(values, shape);
    values[0] = 9;
    shape[0] = 9;
    tensor.shape()[0] = 9;
    assertThat(tensor.toFloats()).containsExactly(1, 2);
    assertThat(tensor).hasToString("F32[2]");
    assertThat(tensor.bytes().isReadOnly()).isTrue();
    assertThat(tensor.slice(4, 4).order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
    assertThatThrownBy(() -> tensor.slice(4, 5)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> HostTensor.of(new float[2], 3))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void rowsAndReshape_seeTheSameBytes() {
    HostTensor tensor = HostTensor.of(new float[] {0, 1, 2, 3, 4, 5}, 3, 2);
    assertThat(tensor.rows(1, 3).toFloats()).containsExactly(2, 3, 4, 5);
    assertThat(tensor.rows(1, 1)).hasToString("F32[0, 2]");
    assertThat(tensor.reshape(6).rows(5, 6).toFloats()).containsExactly(5);
  }

  @Test
  void conversion_readInOddSlices_equalsTheWhole() {
    HostTensor source = HostTensor.of(new double[] {1.5, -2, 0x1p-140, 3e38, 1e300}, 5);
    assertThat(source.to(DType.F32).toFloats())
        .containsExactly(1.5f, -2f, 0x1p-140f, 3e38f, Float.POSITIVE_INFINITY);
    HostTensor converted = source.toBf16();
    ByteBuffer whole = converted.bytes();
    for (int from = 0; from < whole.limit(); from++) {
      for (int length = 0; length <= whole.limit() - from; length++) {
        assertThat(converted.slice(from, length)).isEqualTo(whole.slice(from, length));
      }
    }
    assertThat(source.to(DType.F64)).isSameAs(source);
  }

  @Test
  void strides_readInOddSlices_equalTheWhole() {
    HostTensor storage = HostTensor.of(new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 12);
    MemoryBytes bytes = new MemoryBytes(storage.bytes());
    HostTensor view =
        HostTensor.of(
            DType.I32,
            StridedBytes.of(
                bytes, 4, ByteOrder.LITTLE_ENDIAN, 1, new long[] {2, 3, 2}, new long[] {1, 4, 0}),
            2,
            3,
            2);
    assertThat(view.toInts()).containsExactly(1, 1, 5, 5, 9, 9, 2, 2, 6, 6, 10, 10);
    ByteBuffer whole = view.bytes();
    for (int from = 0; from < whole.limit(); from++) {
      for (int length = 0; length <= whole.limit() - from; length++) {
        assertThat(view.slice(from, length)).isEqualTo(whole.slice(from, length));
      }
    }
  }
}
