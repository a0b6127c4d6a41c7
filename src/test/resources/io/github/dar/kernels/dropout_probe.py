# Makes the functions of dropout.py callable from tests.

class Kernel(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def dropped(self: __torch__.Kernel, seeds: Tensor, site: int, count: int, p: float) -> Tensor:
    return torch.to(__torch__.dropped(seeds, site, count, p), 4)

  def drop(self: __torch__.Kernel, x: Tensor, p: float, seeds: Tensor, site: int) -> Tensor:
    return __torch__.drop(x, p, torch.size(x), seeds, site)
