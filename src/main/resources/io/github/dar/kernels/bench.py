# What a machine can do at most, for `dar bench`: one large matrix product, one pass over memory far larger than a cache.
# Each returns one number, so that whoever asks for it has waited for the work.

class Kernel(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # a [n, n] times itself into out [n, n], which exists already: fresh memory would be timed as well. -> one value []
  def product(self: __torch__.Kernel, a: Tensor, out: Tensor) -> Tensor:
    c = torch.mm(a, a, out=out)
    return torch.to(torch.select(torch.select(c, 0, 0), 0, 0), 6)

  # Reads x [m, n] once. Which way is fastest differs between processors and libraries. -> one value []
  def read(self: __torch__.Kernel, x: Tensor, way: int) -> Tensor:
    if way == 0:
      return torch.sum(x)
    if way == 1:
      flat = torch.view(x, [-1])
      return torch.dot(flat, flat)
    return torch.select(torch.mv(x, torch.select(x, 0, 0)), 0, 0)
