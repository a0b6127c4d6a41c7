# Matrix products as the transformer makes them, for tests.

class Kernel(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # x [.., in], m [out, in] -> [.., out]
  def product(self: __torch__.Kernel, x: Tensor, m: Tensor) -> Tensor:
    matrix = __torch__.Matrix.__new__(__torch__.Matrix)
    _0 = (matrix).__init__(m, 6, )
    return (matrix).times(x, 6)
