# The same as products.py with matrices of 8-bit integers for inference: each output has a scale. Few rows are bound by
# reading the matrix, and these are the fewest bytes.

class Matrix:
  integers : Tensor
  scale : Tensor

  def __init__(self: __torch__.Matrix, weight: Tensor, dt: int) -> NoneType:
    self.integers, self.scale, = __torch__.in_int8(weight)
    return None

  def times(self: __torch__.Matrix, x: Tensor, dt: int) -> Tensor:
    size = torch.size(x)
    # bfloat16 on both ways and for any number of rows, so that a token depends on the batch as little as can be.
    rows = torch.to(torch.reshape(x, [-1, size[-1]]), 15)
    if torch.size(rows, 0) <= 8 and size[-1] % 32 == 0 and not x.is_cuda:
      # libtorch has a fast form of it for bfloat16 only, which also helps where the processor has no bfloat16. It reads
      # 32 numbers at once, even past the end of a row.
      y = torch._weight_int8pack_mm(torch.contiguous(rows), self.integers, self.scale)
    else:
      # The integers are exact in either type. This way round the product was faster up to 64 rows, and not slower beyond.
      y = torch.t(torch.mm(torch.to(self.integers, dt), torch.t(torch.to(rows, dt))))
      y = torch.contiguous(torch.to(y * torch.to(self.scale, dt), 15))
    return torch.reshape(torch.to(y, dt), torch.slice(size, 0, -1) + [-1])
