# What a machine can do at most, for `dar bench`: one large matrix product, one pass over memory far larger than a cache.
# Each returns one number, so that whoever asks for it has waited for the work.

class Kernel(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  packed : Dict[int, __torch__.Matrix]

  # Keeps a [n, n] of the type dt as inference keeps matrices.
  def pack(self: __torch__.Kernel, a: Tensor, dt: int) -> Tensor:
    matrix = __torch__.Matrix.__new__(__torch__.Matrix)
    _0 = (matrix).__init__(a, dt, )
    self.packed[dt] = matrix
    return torch.zeros([])

  # a [n, n] times itself into out [n, n], which exists already: fresh memory would be timed as well. -> one value []
  def product(self: __torch__.Kernel, a: Tensor, out: Tensor) -> Tensor:
    c = torch.mm(a, a, out=out)
    return torch.to(torch.select(torch.select(c, 0, 0), 0, 0), 6)

  # The same by the matrix that is kept of its type. -> one value []
  def packed_product(self: __torch__.Kernel, a: Tensor, dt: int) -> Tensor:
    c = (self.packed[dt]).times(torch.unsqueeze(a, 0), dt)
    return torch.to(torch.select(torch.flatten(c), 0, 0), 6)

  # Reads x [m, n] once. Which way is fastest differs between processors and libraries. -> one value []
  def read(self: __torch__.Kernel, x: Tensor, way: int) -> Tensor:
    if way == 0:
      return torch.sum(x)
    if way == 1:
      flat = torch.view(x, [-1])
      return torch.dot(flat, flat)
    return torch.select(torch.mv(x, torch.select(x, 0, 0)), 0, 0)
