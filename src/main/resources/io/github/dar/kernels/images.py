# Images for networks that scale them themselves: see protocols.py.

class Kernel(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # images [B, H, W, 3] uint8 -> [B, 3, H, W] uint8
  def planes(self: __torch__.Kernel, images: Tensor) -> Tensor:
    return torch.contiguous(torch.permute(images, [0, 3, 1, 2]))

  # images [B, H, W, 3] uint8 -> [B, 3, 299, 299] float32 in [0, 255], not rounded
  def clean(self: __torch__.Kernel, images: Tensor) -> Tensor:
    return torch.contiguous(__torch__.clean_resize(images, 299))

  def float32(self: __torch__.Kernel, x: Tensor) -> Tensor:
    return torch.to(x, 6)
