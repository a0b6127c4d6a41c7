# DINOv2 by itself: see dino.py.

class Kernel(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  dt : int

  # image [B, 3, H, W] in [-1, 1] -> [B, 256, 768]
  def features(self: __torch__.Kernel, w: Dict[str, Tensor], image: Tensor) -> Tensor:
    return __torch__.dino_features(w, image, self.dt)
