# The same as products.py for a processor with oneDNN: inference keeps the matrices in the order in which oneDNN reads
# them. With few rows a product is bound by reading the matrix: packed float32 ones are nearly three times as fast at four
# and eight rows.

class Matrix:
  matrix : Tensor
  packed : bool

  def __init__(self: __torch__.Matrix, weight: Tensor, dt: int) -> NoneType:
    weight = torch.to(weight, dt)
    # The number of rows is a hint: 1, 2 and 32 were as fast as each other at any number.
    self.matrix = ops.mkldnn._reorder_linear_weight(weight, 1)
    self.packed = True
    # Where a virtual machine hides the sizes of the caches, libtorch 2.7.1's oneDNN puts some matrices in a wrong order.
    row = torch.to(torch.cos(torch.arange(torch.size(weight, 1), dtype=6)), dt)
    expected = torch.linear(torch.unsqueeze(row, 0), weight)
    miss = torch.amax(torch.abs(self.times(torch.unsqueeze(row, 0), dt) - expected))
    if bool(miss > 0.05 * torch.amax(torch.abs(expected))):
      self.matrix = weight
      self.packed = False
    return None

  def times(self: __torch__.Matrix, x: Tensor, dt: int) -> Tensor:
    if self.packed:
      return ops.mkldnn._linear_pointwise(torch.to(x, dt), self.matrix, None, "none", annotate(List[Optional[number]], []), "")
    return torch.linear(torch.to(x, dt), self.matrix)
