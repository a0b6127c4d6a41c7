# The PatchGAN discriminator that knows the flow time (discriminator_patchgan.py of the reference), and the
# adversarial losses (vq_loss.py). Needs blocks.py before it.
#
# d       its weights, main.0.weight on.
# layers  strided convolutions (3); two more follow with stride 1.
# dt      compute type: 6 float32, 15 bfloat16. Norms and losses stay float32.

# A 4x4 convolution, padding 1: [B, C, H, W] -> [B, C', ..] in the compute type.
def patchgan_conv(d: Dict[str, Tensor], layer: int, x: Tensor, stride: int, dt: int) -> Tensor:
  p = "main." + str(layer)
  bias = annotate(Optional[Tensor], None)
  if torch.__contains__(d, p + ".bias"):
    bias = torch.to(d[p + ".bias"], dt)
  return torch.conv2d(torch.to(x, dt), torch.to(d[p + ".weight"], dt), bias, [stride, stride], [1, 1])

# t [B] in [0, 1] -> [B, 256]: sinusoids of 1000 t, cosines first, in float32
def patchgan_time(t: Tensor) -> Tensor:
  f = torch.exp(torch.arange(128, dtype=6, device=t.device) * -9.210340371976184 / 128)
  a = torch.unsqueeze(t * 1000, 1) * torch.unsqueeze(f, 0)
  return torch.cat([torch.cos(a), torch.sin(a)], -1)

# GroupNorm of 16 groups whose scale and shift come from the time: s [B, 256], x [B, C, h, w] -> the same, float32
def patchgan_norm(d: Dict[str, Tensor], layer: int, x: Tensor, s: Tensor, dt: int) -> Tensor:
  m = torch.to(__torch__.linear(d, "main." + str(layer) + ".embedder.mlp.0", s, dt), 6)
  gamma, beta, = torch.chunk(torch.unsqueeze(torch.unsqueeze(m, -1), -1), 2, 1)
  return torch.group_norm(torch.to(x, 6), 16, None, None, 1e-5) * (1 + gamma) + beta

# image [B, 3, H, W], flow time t [B] -> a verdict on each patch [B, 1, h, w], float32; above 0 is real
def discriminate(d: Dict[str, Tensor], image: Tensor, t: Tensor, layers: int, dt: int) -> Tensor:
  s = __torch__.patchgan_time(t)
  x = torch.leaky_relu(__torch__.patchgan_conv(d, 0, image, 2, dt), 0.2)
  for i in range(1, layers + 1):
    stride = 2 if i < layers else 1
    x = __torch__.patchgan_conv(d, 3 * i - 1, x, stride, dt)
    x = torch.leaky_relu(__torch__.patchgan_norm(d, 3 * i, x, s, dt), 0.2)
  return torch.to(__torch__.patchgan_conv(d, 3 * layers + 2, x, 1, dt), 6)

# The discriminator's loss [] of its logits on real and made images. kind: 0 non-saturating and 1 vanilla, which are
# equal, 2 hinge. weight []: the mean time of the whole batch, as in the reference, which weights each binary cross
# entropy after it has averaged it.
def discriminator_loss(kind: int, real: Tensor, fake: Tensor, weight: Tensor) -> Tensor:
  if kind == 2:
    loss = torch.mean(torch.relu(1 - real)) + torch.mean(torch.relu(1 + fake))
  else:
    loss = torch.mean(torch.softplus(-real)) + torch.mean(torch.softplus(fake))
  return 0.5 * weight * loss

# The generator's loss [] of the discriminator's logits on what it made.
def generator_loss(kind: int, fake: Tensor) -> Tensor:
  if kind == 2:
    return -torch.mean(fake)
  return torch.mean(torch.softplus(-fake))
