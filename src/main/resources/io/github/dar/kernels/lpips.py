# LPIPS, the learned perceptual distance (arXiv 1801.03924; lpips.py of the reference). Needs dropout.py and vgg.py before it.
#
# f   VGG16's weights (vgg.py) and the five learned ones, lin0.model.1.weight [1, C, 1, 1] on; frozen.
# The reference trains with a dropout of 0.5 before the 1x1 convolutions (method.md section 12): here its probability is p, and
# without seeds, one an image, nothing falls.

# Images in [-1, 1], [B, 3, H, W], as this VGG16 wants them.
def lpips_input(x: Tensor) -> Tensor:
  shift = torch.view(torch.tensor([-0.030, -0.088, -0.188], dtype=6, device=x.device), [1, 3, 1, 1])
  scale = torch.view(torch.tensor([0.458, 0.448, 0.450], dtype=6, device=x.device), [1, 3, 1, 1])
  return (x - shift) / scale

# Each position's features over their length, which is not 0 only by 1e-10: [B, C, h, w] -> the same, float32.
# The reference's gradient is NaN where all are zero (the root at 0); here it is 0 (method.md section 12).
def lpips_unit(x: Tensor) -> Tensor:
  x = torch.to(x, 6)
  square = torch.sum(x * x, [1], True)
  empty = torch.eq(square, 0.)
  length = torch.sqrt(torch.masked_fill(square, empty, 1.)) + 1e-10
  return torch.masked_fill(x / length, empty, 0.)

# Features of two batches at one level, [B, C, h, w] each, weight [1, C, 1, 1] -> [B]
def lpips_level(a: Tensor, b: Tensor, weight: Tensor, p: float, seeds: Tensor, level: int) -> Tensor:
  d = __torch__.lpips_unit(a) - __torch__.lpips_unit(b)
  d = __torch__.drop(d * d, p, torch.size(d), seeds, level)
  # Mean over space before the weights, not after: the sums are the same.
  return torch.matmul(torch.mean(d, [2, 3]), torch.flatten(torch.to(weight, 6)))

# x, y [B, 3, H, W] in [-1, 1] -> the five summands of the distance [B, 5]
def lpips_levels(f: Dict[str, Tensor], x: Tensor, y: Tensor, p: float, seeds: Tensor, dt: int) -> Tensor:
  a = __torch__.vgg_features(f, __torch__.lpips_input(x), dt)
  b = __torch__.vgg_features(f, __torch__.lpips_input(y), dt)
  levels = annotate(List[Tensor], [])
  for i in range(torch.len(a)):
    weight = f["lin" + str(i) + ".model.1.weight"]
    levels.append(__torch__.lpips_level(a[i], b[i], weight, p, seeds, i))
  return torch.stack(levels, 1)

# The distance [B] of x and y, [B, 3, H, W] in [-1, 1]; differentiable in both.
def lpips(f: Dict[str, Tensor], x: Tensor, y: Tensor, p: float, seeds: Tensor, dt: int) -> Tensor:
  return torch.sum(__torch__.lpips_levels(f, x, y, p, seeds, dt), [1])

# Its part of the loss: distance [B], flow time t [B] -> []. A weight below 0 makes late steps, whose estimates
# are sharp, count more: each image by 2t (vq_loss.py).
def perceptual_loss(distance: Tensor, t: Tensor, weight: Tensor) -> Tensor:
  by_time = torch.where(torch.lt(weight, 0), 2 * t, torch.ones_like(t))
  return torch.abs(weight) * torch.mean(distance * by_time)
