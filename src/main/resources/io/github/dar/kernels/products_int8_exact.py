# The same as products_int8.py for an x86 processor with AVX-512 VNNI: integers times integers, summed up
# exactly, by FBGEMM. Rows keep 16 bits, and each is what it is alone, whatever the others are.

class Matrix:
  packed : __torch__.torch.classes.quantized.LinearPackedParamsBase
  whole : Tensor
  step : Tensor

  def __init__(self: __torch__.Matrix, weight: Tensor, dt: int) -> NoneType:
    integers, scale, = __torch__.in_int8(weight)
    zeros = torch.zeros([torch.size(scale, 0)], dtype=4)
    self.packed = ops.quantized.linear_prepack(torch._make_per_channel_quantized_tensor(integers, torch.to(scale, 7), zeros, 0), None)
    # Numbers that stand here cost an operation less than those in the text.
    self.whole = torch.tensor(32258.)
    self.step = torch.tensor(0.003937007874015748)
    return None

  # A row is (254 * high + low) / t with bytes from -127 to 127: twice as many rows of 8 bits.
  def times(self: __torch__.Matrix, x: Tensor, dt: int) -> Tensor:
    x = torch.to(x, 6)
    t = self.whole / torch.clamp_min(torch.linalg_vector_norm(x, inf, [-1], True), 1e-30)
    x = x * t
    high = torch.round(x * self.step)
    both = torch.cat([torch.sub(x, high, alpha=254), high])
    # Rounds to steps of 1, which only the low bytes need; 128 stands for zero.
    low, high, = torch.chunk(ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32(both, 1., 128, self.packed), 2)
    return torch.add(low, high, alpha=254) / t
