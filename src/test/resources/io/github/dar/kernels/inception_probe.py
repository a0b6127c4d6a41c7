# Opens Inception and the protocols to the tests, piece by piece.

class Kernel(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def input(self: __torch__.Kernel, images: Tensor, protocol: int) -> Tensor:
    return __torch__.protocol_input(images, protocol)

  def tf1(self: __torch__.Kernel, x: Tensor, size: int) -> Tensor:
    return __torch__.tf1_resize(x, size)

  def bicubic(self: __torch__.Kernel, x: Tensor, size: int) -> Tensor:
    return __torch__.pillow_bicubic(x, size)

  # What comes out of every stage.
  def stages(self: __torch__.Kernel, f: Dict[str, Tensor], x: Tensor) -> List[Tensor]:
    out = annotate(List[Tensor], [])
    for i in range(13):
      x = __torch__.inception_stage(f, i, x)
      out.append(x)
    return out

  def unit(self: __torch__.Kernel, f: Dict[str, Tensor], x: Tensor, stride: int, rows: int, columns: int) -> Tensor:
    return __torch__.inception_unit(f, "unit", x, stride, rows, columns)

  def fold(self: __torch__.Kernel, weight: Tensor, scale: Tensor, shift: Tensor, mean: Tensor, variance: Tensor) -> List[Tensor]:
    return __torch__.inception_fold(weight, scale, shift, mean, variance)

  def mean(self: __torch__.Kernel, x: Tensor) -> Tensor:
    return __torch__.inception_mean(x)

  def greatest(self: __torch__.Kernel, x: Tensor, stride: int, pad: int) -> Tensor:
    return __torch__.inception_max(x, stride, pad)

  # features [B, 2048] -> [B, 1008]
  def logits(self: __torch__.Kernel, f: Dict[str, Tensor], features: Tensor) -> Tensor:
    return torch.linear(features, f["fc.weight"], f["fc.bias"])
