# The same as linear.py for a processor with oneDNN: inference keeps matrices in the order in which oneDNN reads them.
# Packed float32 ones are nearly three times as fast with four and eight rows, and on AMD's processors, where MKL leaves
# half of float32 unused, twice as fast with many.

def affine(x: Tensor, matrix: Tensor, bias: Optional[Tensor], dt: int) -> Tensor:
  if bias is not None:
    bias = torch.to(bias, dt)
  if matrix.is_mkldnn:
    return ops.mkldnn._linear_pointwise(torch.to(x, dt), matrix, bias, "none", annotate(List[Optional[number]], []), "")
  return torch.linear(torch.to(x, dt), torch.to(matrix, dt), bias)

def kept(matrix: Tensor, dt: int) -> Tensor:
  matrix = torch.to(matrix, dt)
  # The number of rows is a hint: 1, 2 and 32 were as fast as each other at any number.
  packed = ops.mkldnn._reorder_linear_weight(matrix, 1)
  # Where a virtual machine hides the sizes of the caches, libtorch 2.7.1's oneDNN puts some matrices in a wrong order.
  row = torch.cos(torch.arange(torch.size(matrix, 1), dtype=6))
  expected = torch.linear(torch.to(row, dt), matrix)
  miss = torch.amax(torch.abs(__torch__.affine(torch.unsqueeze(row, 0), packed, None, dt) - expected))
  if bool(miss > 0.05 * torch.amax(torch.abs(expected))):
    return matrix
  return packed
