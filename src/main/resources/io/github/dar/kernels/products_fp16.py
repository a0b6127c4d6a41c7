# The same as products.py for an x86 processor that computes in bfloat16: inference keeps the matrices as 16-bit floats of
# IEEE, whose step is an eighth of bfloat16's, and FBGEMM multiplies float32 rows by them. It reads them at the speed of
# memory for one row and two, and each row is what it is alone.

class Matrix:
  packed : __torch__.torch.classes.quantized.LinearPackedParamsBase

  def __init__(self: __torch__.Matrix, weight: Tensor, dt: int) -> NoneType:
    self.packed = ops.quantized.linear_prepack_fp16(torch.to(weight, 6), None)
    return None

  # -> float32, not dt: casts would only cost operations.
  def times(self: __torch__.Matrix, x: Tensor, dt: int) -> Tensor:
    return ops.quantized.linear_dynamic_fp16(torch.to(x, 6), self.packed)
