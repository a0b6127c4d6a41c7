# DINOv2 ViT-B/14 (arXiv 2304.07193) as the REPA loss uses it. Needs blocks.py before it.
#
# w   its weights by the published file's names; frozen. Matrices may already lie in the compute type.
# dt  compute type of matrix products: 6 float32, 15 bfloat16. Norms and the residual stream stay float32.

# Images in [-1, 1], [B, 3, H, W], as the network wants them: ImageNet's mean and deviation, then bicubic with
# a = -0.75 and without antialiasing to [B, 3, 224, 224] (vq_loss.py, preprocess_raw_image).
def dino_input(image: Tensor) -> Tensor:
  mean = torch.view(torch.tensor([0.485, 0.456, 0.406], dtype=6, device=image.device), [1, 3, 1, 1])
  std = torch.view(torch.tensor([0.229, 0.224, 0.225], dtype=6, device=image.device), [1, 3, 1, 1])
  x = (0.5 * image + 0.5 - mean) / std
  return ops.aten.upsample_bicubic2d(x, [224, 224], False, None, None)

# Positions learned on 37x37 patches, brought to 16x16, that of the class token unchanged: [1, 257, D].
# The published code asks for a factor of 16.1 / 37, not 16 / 37, and so must we.
def dino_positions(w: Dict[str, Tensor]) -> Tensor:
  p = torch.to(w["pos_embed"], 6)
  grid = torch.view(torch.slice(p, 1, 1), [1, 37, 37, -1])
  factor = 16.1 / 37
  grid = ops.aten.upsample_bicubic2d(torch.permute(grid, [0, 3, 1, 2]), [16, 16], False, factor, factor)
  return torch.cat([torch.slice(p, 1, 0, 1), torch.transpose(torch.flatten(grid, 2), 1, 2)], 1)

# x [B, 3, 224, 224] -> class token, then patches row by row, without positions: [B, 257, D] float32
def dino_patches(w: Dict[str, Tensor], x: Tensor, dt: int) -> Tensor:
  p = "patch_embed.proj"
  x = torch.conv2d(torch.to(x, dt), torch.to(w[p + ".weight"], dt), torch.to(w[p + ".bias"], dt), [14, 14])
  x = torch.to(torch.transpose(torch.flatten(x, 2), 1, 2), 6)
  cls = torch.expand(torch.to(w["cls_token"], 6), [torch.size(x, 0), -1, -1])
  return torch.cat([cls, x], 1)

# h [B, N, D] -> queries, keys and values side by side [B, N, 3 D]
def dino_qkv(w: Dict[str, Tensor], p: str, x: Tensor, dt: int) -> Tensor:
  return __torch__.linear(w, p + ".attn.qkv", __torch__.affine_norm(w, p + ".norm1", x), dt)

# [B, N, D] -> [B, N, D]
def dino_block(w: Dict[str, Tensor], p: str, x: Tensor, dt: int) -> Tensor:
  q, k, v, = torch.chunk(__torch__.dino_qkv(w, p, x, dt), 3, -1)
  h = __torch__.attend(__torch__.heads(q), __torch__.heads(k), __torch__.heads(v), None, False)
  h = torch.flatten(torch.transpose(h, 1, 2), 2)
  x = x + w[p + ".ls1.gamma"] * __torch__.linear(w, p + ".attn.proj", h, dt)
  h = torch.gelu(__torch__.linear(w, p + ".mlp.fc1", __torch__.affine_norm(w, p + ".norm2", x), dt))
  return x + w[p + ".ls2.gamma"] * __torch__.linear(w, p + ".mlp.fc2", h, dt)

# x [B, 3, 224, 224] -> normed tokens [B, 257, D] float32: first the class token
def dino_tokens(w: Dict[str, Tensor], x: Tensor, dt: int) -> Tensor:
  x = __torch__.dino_patches(w, x, dt) + __torch__.dino_positions(w)
  for i in range(12):
    x = __torch__.dino_block(w, "blocks." + str(i), x, dt)
  return __torch__.affine_norm(w, "norm", x)

# image [B, 3, H, W] in [-1, 1] -> patch features [B, 256, D], row by row
def dino_features(w: Dict[str, Tensor], image: Tensor, dt: int) -> Tensor:
  return torch.slice(__torch__.dino_tokens(w, __torch__.dino_input(image), dt), 1, 1)
