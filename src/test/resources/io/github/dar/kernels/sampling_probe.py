# Makes the functions of sampling.py callable from tests.

class Kernel(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def guided(self: __torch__.Kernel, logits: Tensor, scale: Tensor) -> Tensor:
    return __torch__.guided(logits, scale)

  def filtered(self: __torch__.Kernel, logits: Tensor, temperature: float, top_k: int, top_p: float) -> Tensor:
    return __torch__.filtered(logits, temperature, top_k, top_p)

  def drawn(self: __torch__.Kernel, logits: Tensor, u: Tensor) -> Tensor:
    return __torch__.drawn(logits, u)

  def chosen(self: __torch__.Kernel, logits: Tensor, u: Tensor, greedy: bool) -> Tensor:
    return __torch__.chosen(logits, u, 1., 0, 1., greedy)
