# The same as products.py for a processor with oneDNN: inference keeps the matrices in the order in which oneDNN reads
# them. With few rows a product is bound by reading the matrix: in bfloat16 packed ones are up to twice as fast at one row,
# in float32 nearly three times at four and eight rows.

class Matrix:
  packed : Tensor

  def __init__(self: __torch__.Matrix, weight: Tensor) -> NoneType:
    # The number of rows is a hint: 1, 2 and 32 were as fast as each other at any number.
    self.packed = ops.mkldnn._reorder_linear_weight(weight, 1)
    return None

  def times(self: __torch__.Matrix, x: Tensor, dt: int) -> Tensor:
    return ops.mkldnn._linear_pointwise(torch.to(x, dt), self.packed, None, "none", annotate(List[Optional[number]], []), "")
