package io.github.dar.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import io.github.dar.config.Precision;
import io.github.dar.config.UserException;
import io.github.dar.weights.DType;
import io.github.dar.weights.HostTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tensors cross to the device and back, also in the types that DJL aborts on; devices are chosen or
 * refused.
 */
class TensorsTest {

  @ParameterizedTest
  @EnumSource(names = {"F32", "F64", "F16", "BF16"})
  void floats_crossAsFloat32(DType dtype) {
    try (Compute compute = Compute.open("cpu", Precision.FP32, 1)) {
      HostTensor tensor = HostTensor.of(new float[] {1, -2.5f, 0.125f, 3}, 2, 2).to(dtype);
      NDArray array = compute.tensors().float32(compute.manager(), tensor);
      assertThat(array.toFloatArray()).containsExactly(1, -2.5f, 0.125f, 3);
      assertThat(array.getShape().getShape()).containsExactly(2, 2);
    }
  }

  @Test
  void bf16_comesBackWithItsBits() {
    try (Compute compute = Compute.open("cpu", Precision.FP32, 1)) {
      HostTensor tensor = HostTensor.of(new float[] {1.00390625f, 3, -7}, 3);
      NDArray array = compute.tensors().float32(compute.manager(), tensor);
      NDArray half = compute.tensors().cast(compute.manager(), array, Tensors.BF16);
      HostTensor back = compute.tensors().download(half, DType.BF16);
      assertThat(back.toFloats()).containsExactly(tensor.toBf16().toFloats());
    }
  }

  @Test
  void emptyTensor_crosses() {
    try (Compute compute = Compute.open("cpu", Precision.FP32, 1)) {
      HostTensor tensor = HostTensor.of(new float[0], 0, 3);
      assertThat(compute.tensors().float32(compute.manager(), tensor).size()).isZero();
    }
  }

  @Test
  void unknownDevice_isRefusedInOneLine() {
    assertThatThrownBy(() -> Compute.open("tpu", Precision.AUTO, 0))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("tpu")
        .hasMessageContaining("cuda:1");
    assertThatThrownBy(() -> Compute.open("cuda:77", Precision.AUTO, 0))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("docs/gpu.md");
  }

  @Test
  void bf16_isFoundInProcessorFlags() {
    assertThat(Instructions.listedIn("flags\t\t: fpu avx512_bf16 avx512vl\n").bf16()).isTrue();
    assertThat(Instructions.listedIn("flags\t\t: fpu amx_bf16\n").bf16()).isTrue();
    assertThat(Instructions.listedIn("Features\t: fp asimd bf16 i8mm\n").bf16()).isTrue();
    assertThat(Instructions.listedIn("flags\t\t: fpu avx2\nmodel name: bf16\n").bf16()).isFalse();
  }

  @Test
  void productsOfBytes_areFoundInProcessorFlags() {
    assertThat(Instructions.listedIn("flags\t\t: fpu avx512_vnni avx512vl\n").bytes()).isTrue();
    assertThat(Instructions.listedIn("flags\t\t: fpu avx2 avx_vnni\n").bytes()).isFalse();
    assertThat(Instructions.listedIn("flags\t\t: fpu avx512f avx512_bf16\n").bytes()).isFalse();
  }
}
