# Opens the feature networks and their losses to the tests, piece by piece.

class Kernel(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  dt : int

  # No seeds: no dropout.
  def none(self: __torch__.Kernel, x: Tensor) -> Tensor:
    return torch.zeros([0], dtype=4, device=x.device)

  def scaled(self: __torch__.Kernel, x: Tensor) -> Tensor:
    return __torch__.lpips_input(x)

  def unit(self: __torch__.Kernel, x: Tensor) -> Tensor:
    return __torch__.lpips_unit(x)

  def vgg(self: __torch__.Kernel, f: Dict[str, Tensor], x: Tensor) -> List[Tensor]:
    return __torch__.vgg_features(f, __torch__.lpips_input(x), self.dt)

  def levels(self: __torch__.Kernel, f: Dict[str, Tensor], x: Tensor, y: Tensor) -> Tensor:
    return __torch__.lpips_levels(f, x, y, 0., self.none(x), self.dt)

  # -> the distances [B] and the gradient of their mean by y
  def distance_gradient(self: __torch__.Kernel, f: Dict[str, Tensor], x: Tensor, y: Tensor) -> List[Tensor]:
    y = torch.requires_grad_(torch.detach(y))
    d = __torch__.lpips(f, x, y, 0., self.none(x), self.dt)
    return [torch.detach(d), self.gradient(torch.mean(d), y)]

  # -> one level's values [B] and the gradient of their sum by b
  def level_gradient(self: __torch__.Kernel, a: Tensor, b: Tensor, weight: Tensor) -> List[Tensor]:
    b = torch.requires_grad_(torch.detach(b))
    d = __torch__.lpips_level(a, b, weight, 0., self.none(a), 0)
    return [torch.detach(d), self.gradient(torch.sum(d), b)]

  def gradient(self: __torch__.Kernel, loss: Tensor, x: Tensor) -> Tensor:
    grad = torch.autograd.grad([loss], [x])[0]
    out = torch.zeros([0], device=x.device)
    if grad is not None:
      out = grad
    return out

  def perceptual(self: __torch__.Kernel, distance: Tensor, t: Tensor, weight: Tensor) -> Tensor:
    return __torch__.perceptual_loss(distance, t, weight)

  # -> cosines, loss, its gradient by the projection
  def repa(self: __torch__.Kernel, features: Tensor, projected: Tensor) -> List[Tensor]:
    p = torch.requires_grad_(torch.detach(projected))
    loss = __torch__.repa_loss(features, p)
    return [__torch__.repa_cosine(features, projected), torch.detach(loss), self.gradient(loss, p)]

  def repa_grid(self: __torch__.Kernel, features: Tensor, rows: int, columns: int) -> Tensor:
    return __torch__.repa_grid(features, rows, columns)

  # -> logits, and the gradients of their mean square by image and weights
  def patchgan(self: __torch__.Kernel, d: Dict[str, Tensor], image: Tensor, t: Tensor) -> Dict[str, Tensor]:
    leaves = __torch__.leaves(d)
    leaves["image"] = torch.requires_grad_(torch.detach(image))
    logits = __torch__.discriminate(leaves, leaves["image"], t, 3, self.dt)
    out = annotate(Dict[str, Tensor], {})
    for k in torch.keys(leaves):
      out[k] = torch.zeros_like(leaves[k])
    __torch__.add_gradients(torch.mean(logits * logits), leaves, out)
    out["logits"] = torch.detach(logits)
    return out

  # -> the discriminator's and the generator's loss, the gradient of the first by the real logits
  def adversarial(self: __torch__.Kernel, kind: Tensor, real: Tensor, fake: Tensor, t: Tensor) -> List[Tensor]:
    r = torch.requires_grad_(torch.detach(real))
    d = __torch__.discriminator_loss(int(kind), r, fake, torch.mean(t))
    return [torch.detach(d), __torch__.generator_loss(int(kind), fake), self.gradient(d, r)]

  def dino_input(self: __torch__.Kernel, image: Tensor) -> Tensor:
    return __torch__.dino_input(image)

  def dino_positions(self: __torch__.Kernel, w: Dict[str, Tensor]) -> Tensor:
    return __torch__.dino_positions(w)

  def dino_patches(self: __torch__.Kernel, w: Dict[str, Tensor], x: Tensor) -> Tensor:
    return __torch__.dino_patches(w, x, self.dt)

  def dino_qkv(self: __torch__.Kernel, w: Dict[str, Tensor], x: Tensor) -> Tensor:
    return __torch__.dino_qkv(w, "blocks.0", x, self.dt)

  # x [1, 3, 224, 224] -> the tokens before each block, after the last one, and normed
  def dino_trace(self: __torch__.Kernel, w: Dict[str, Tensor], x: Tensor) -> List[Tensor]:
    x = __torch__.dino_patches(w, x, self.dt) + __torch__.dino_positions(w)
    out = [x]
    for i in range(12):
      x = __torch__.dino_block(w, "blocks." + str(i), x, self.dt)
      out.append(x)
    out.append(__torch__.affine_norm(w, "norm", x))
    return out

  def dino_block(self: __torch__.Kernel, w: Dict[str, Tensor], x: Tensor) -> Tensor:
    return __torch__.dino_block(w, "blocks.0", x, self.dt)
