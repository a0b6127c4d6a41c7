# Opens the shared pieces to the tests, one by one.

class Kernel(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def attention(self: __torch__.Kernel, w: Dict[str, Tensor], xq: Tensor, xk: Tensor, rope: Tensor, mask: Tensor, dt: int) -> Tensor:
    return torch.to(__torch__.attention(w, "a", xq, xk, rope, None, mask, False, dt), 6)

  # in pieces, and by the fused operator
  def attended(self: __torch__.Kernel, q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tuple[Tensor, Tensor]:
    return (__torch__.products_in_pieces(q, k, v, mask), torch.scaled_dot_product_attention(q, k, v, mask))

  def mlp(self: __torch__.Kernel, w: Dict[str, Tensor], x: Tensor, dt: int) -> Tensor:
    return torch.to(__torch__.mlp(w, "m", x, dt), 6)

  def norm(self: __torch__.Kernel, x: Tensor) -> Tensor:
    return __torch__.norm(x)

  def square_gradient(self: __torch__.Kernel, w: Dict[str, Tensor], g: Dict[str, Tensor]) -> Tensor:
    leaves = __torch__.leaves(w)
    loss = torch.sum(leaves["x"] * leaves["x"])
    __torch__.add_gradients(loss, leaves, g)
    return torch.detach(loss)

  def fails(self: __torch__.Kernel, x: Tensor) -> Tensor:
    return torch.view(x, [7, 7])
