# The discriminator's side of adversarial training: see patchgan.py.

class Kernel(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  dt : int
  layers : int
  kind : int

  # image [B, 3, H, W], t [B] -> logits [B, 1, h, w]
  def logits(self: __torch__.Kernel, d: Dict[str, Tensor], image: Tensor, t: Tensor) -> Tensor:
    return __torch__.discriminate(d, image, t, self.layers, self.dt)

  # One micro-batch: adds `scale` times the gradients of its loss to g.
  # real, fake [B, 3, H, W], flow time t [B]; weight [] of the loss: the mean time of the whole batch
  # -> [loss, mean logit of real, mean logit of fake]
  def gradients(self: __torch__.Kernel, real: Tensor, fake: Tensor, t: Tensor, weight: Tensor, scale: Tensor, masters: Dict[str, Tensor], g: Dict[str, Tensor]) -> Tensor:
    d = __torch__.leaves(masters)
    a = __torch__.discriminate(d, real, t, self.layers, self.dt)
    b = __torch__.discriminate(d, fake, t, self.layers, self.dt)
    loss = __torch__.discriminator_loss(self.kind, a, b, weight)
    __torch__.add_gradients(loss * scale, d, g)
    return torch.detach(torch.stack([loss, torch.mean(a), torch.mean(b)]))
