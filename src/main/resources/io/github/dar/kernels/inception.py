# Inception-v3 as FID knows it (the TF graph of 2015-12-05, by torchvision's names): evaluation only, float32.
# Three things differ from torchvision's: average pools divide by the cells inside the image, the last block's
# pool takes the greatest, and there are 1008 classes.
#
# f  its weights, each convolution with its BatchNorm folded in (inception_fold): Conv2d_1a_3x3.weight and .bias on.

# A convolution of stride 1 or 2, its BatchNorm, ReLU: [B, C, H, W] -> [B, C', H', W']
def inception_unit(f: Dict[str, Tensor], name: str, x: Tensor, stride: int, rows: int, columns: int) -> Tensor:
  x = torch.conv2d(x, f[name + ".weight"], f[name + ".bias"], [stride, stride], [rows, columns])
  return torch.relu_(x)

# The same of 1x1 as a matrix product: where oneDNN packs some matrices in a wrong order (linear_packed.py), those of 80
# outputs are among them.
def inception_pointwise(f: Dict[str, Tensor], name: str, x: Tensor) -> Tensor:
  x = torch.linear(torch.permute(x, [0, 2, 3, 1]), torch.flatten(f[name + ".weight"], 1), f[name + ".bias"])
  return torch.permute(torch.relu_(x), [0, 3, 1, 2])

# Pools of 3x3 cells. Stride 1 keeps the size: [B, C, H, W] -> the same. Padding counts nowhere.
def inception_mean(x: Tensor) -> Tensor:
  return torch.avg_pool2d(x, [3, 3], [1, 1], [1, 1], False, False)

def inception_max(x: Tensor, stride: int, pad: int) -> Tensor:
  return torch.max_pool2d(x, [3, 3], [stride, stride], [pad, pad])

# The BatchNorm of a unit (eps 1e-3) folded into its convolution, weight [C', C, h, w], in float64 -> the same shape and a
# bias [C']. Channels last (2) in memory, as the images are: twice as fast on a processor.
def inception_fold(weight: Tensor, scale: Tensor, shift: Tensor, mean: Tensor, variance: Tensor) -> List[Tensor]:
  factor = torch.to(scale, 7) / torch.sqrt(torch.to(variance, 7) + 0.001)
  folded = torch.to(weight, 7) * torch.view(factor, [-1, 1, 1, 1])
  bias = torch.to(shift, 7) - torch.to(mean, 7) * factor
  return [torch.contiguous(torch.to(folded, 6), memory_format=2), torch.to(bias, 6)]

# x [B, 3, 299, 299] -> [B, 64, 73, 73]
def inception_stem(f: Dict[str, Tensor], x: Tensor) -> Tensor:
  x = __torch__.inception_unit(f, "Conv2d_1a_3x3", x, 2, 0, 0) # [B, 32, 149, 149]
  x = __torch__.inception_unit(f, "Conv2d_2a_3x3", x, 1, 0, 0) # [B, 32, 147, 147]
  x = __torch__.inception_unit(f, "Conv2d_2b_3x3", x, 1, 1, 1) # [B, 64, 147, 147]
  return __torch__.inception_max(x, 2, 0)

# -> [B, 192, 35, 35]
def inception_second(f: Dict[str, Tensor], x: Tensor) -> Tensor:
  x = __torch__.inception_pointwise(f, "Conv2d_3b_1x1", x) # [B, 80, 73, 73]
  x = __torch__.inception_unit(f, "Conv2d_4a_3x3", x, 1, 0, 0) # [B, 192, 71, 71]
  return __torch__.inception_max(x, 2, 0)

# Mixed_5b to 5d: [B, C, 35, 35] -> [B, 256 or 288, 35, 35]
def inception_5(f: Dict[str, Tensor], p: str, x: Tensor) -> Tensor:
  a = __torch__.inception_unit(f, p + ".branch1x1", x, 1, 0, 0) # [B, 64, 35, 35]
  b = __torch__.inception_unit(f, p + ".branch5x5_1", x, 1, 0, 0)
  b = __torch__.inception_unit(f, p + ".branch5x5_2", b, 1, 2, 2) # [B, 64, 35, 35]
  c = __torch__.inception_unit(f, p + ".branch3x3dbl_1", x, 1, 0, 0)
  c = __torch__.inception_unit(f, p + ".branch3x3dbl_2", c, 1, 1, 1)
  c = __torch__.inception_unit(f, p + ".branch3x3dbl_3", c, 1, 1, 1) # [B, 96, 35, 35]
  d = __torch__.inception_unit(f, p + ".branch_pool", __torch__.inception_mean(x), 1, 0, 0) # [B, 32 or 64, 35, 35]
  return torch.cat([a, b, c, d], 1)

# Mixed_6a: [B, 288, 35, 35] -> [B, 768, 17, 17]
def inception_6a(f: Dict[str, Tensor], p: str, x: Tensor) -> Tensor:
  a = __torch__.inception_unit(f, p + ".branch3x3", x, 2, 0, 0) # [B, 384, 17, 17]
  b = __torch__.inception_unit(f, p + ".branch3x3dbl_1", x, 1, 0, 0)
  b = __torch__.inception_unit(f, p + ".branch3x3dbl_2", b, 1, 1, 1)
  b = __torch__.inception_unit(f, p + ".branch3x3dbl_3", b, 2, 0, 0) # [B, 96, 17, 17]
  return torch.cat([a, b, __torch__.inception_max(x, 2, 0)], 1)

# Mixed_6b to 6e: [B, 768, 17, 17] -> the same. A kernel of 1x7 is one row of seven columns.
def inception_6(f: Dict[str, Tensor], p: str, x: Tensor) -> Tensor:
  a = __torch__.inception_unit(f, p + ".branch1x1", x, 1, 0, 0) # [B, 192, 17, 17]
  b = __torch__.inception_unit(f, p + ".branch7x7_1", x, 1, 0, 0)
  b = __torch__.inception_unit(f, p + ".branch7x7_2", b, 1, 0, 3)
  b = __torch__.inception_unit(f, p + ".branch7x7_3", b, 1, 3, 0) # [B, 192, 17, 17]
  c = __torch__.inception_unit(f, p + ".branch7x7dbl_1", x, 1, 0, 0)
  c = __torch__.inception_unit(f, p + ".branch7x7dbl_2", c, 1, 3, 0)
  c = __torch__.inception_unit(f, p + ".branch7x7dbl_3", c, 1, 0, 3)
  c = __torch__.inception_unit(f, p + ".branch7x7dbl_4", c, 1, 3, 0)
  c = __torch__.inception_unit(f, p + ".branch7x7dbl_5", c, 1, 0, 3) # [B, 192, 17, 17]
  d = __torch__.inception_unit(f, p + ".branch_pool", __torch__.inception_mean(x), 1, 0, 0) # [B, 192, 17, 17]
  return torch.cat([a, b, c, d], 1)

# Mixed_7a: [B, 768, 17, 17] -> [B, 1280, 8, 8]
def inception_7a(f: Dict[str, Tensor], p: str, x: Tensor) -> Tensor:
  a = __torch__.inception_unit(f, p + ".branch3x3_1", x, 1, 0, 0)
  a = __torch__.inception_unit(f, p + ".branch3x3_2", a, 2, 0, 0) # [B, 320, 8, 8]
  b = __torch__.inception_unit(f, p + ".branch7x7x3_1", x, 1, 0, 0)
  b = __torch__.inception_unit(f, p + ".branch7x7x3_2", b, 1, 0, 3)
  b = __torch__.inception_unit(f, p + ".branch7x7x3_3", b, 1, 3, 0)
  b = __torch__.inception_unit(f, p + ".branch7x7x3_4", b, 2, 0, 0) # [B, 192, 8, 8]
  return torch.cat([a, b, __torch__.inception_max(x, 2, 0)], 1)

# Mixed_7b and 7c, whose pool is the greatest: [B, 1280 or 2048, 8, 8] -> [B, 2048, 8, 8]
def inception_7(f: Dict[str, Tensor], p: str, x: Tensor, greatest: bool) -> Tensor:
  a = __torch__.inception_unit(f, p + ".branch1x1", x, 1, 0, 0) # [B, 320, 8, 8]
  b = __torch__.inception_unit(f, p + ".branch3x3_1", x, 1, 0, 0)
  b1 = __torch__.inception_unit(f, p + ".branch3x3_2a", b, 1, 0, 1) # [B, 384, 8, 8]
  b2 = __torch__.inception_unit(f, p + ".branch3x3_2b", b, 1, 1, 0) # [B, 384, 8, 8]
  c = __torch__.inception_unit(f, p + ".branch3x3dbl_1", x, 1, 0, 0)
  c = __torch__.inception_unit(f, p + ".branch3x3dbl_2", c, 1, 1, 1)
  c1 = __torch__.inception_unit(f, p + ".branch3x3dbl_3a", c, 1, 0, 1) # [B, 384, 8, 8]
  c2 = __torch__.inception_unit(f, p + ".branch3x3dbl_3b", c, 1, 1, 0) # [B, 384, 8, 8]
  pooled = __torch__.inception_max(x, 1, 1) if greatest else __torch__.inception_mean(x)
  d = __torch__.inception_unit(f, p + ".branch_pool", pooled, 1, 0, 0) # [B, 192, 8, 8]
  return torch.cat([a, b1, b2, c1, c2, d], 1)

# Stage i of 0 to 12: the first is given images [B, 3, 299, 299] by the protocol, each other what the one before made.
# 8 ends with Mixed_6d, whose first channels sFID takes, 12 is the last: [B, 2048, 8, 8].
def inception_stage(f: Dict[str, Tensor], i: int, x: Tensor) -> Tensor:
  blocks = ["", "", "5b", "5c", "5d", "6a", "6b", "6c", "6d", "6e", "7a", "7b", "7c"]
  p = "Mixed_" + blocks[i]
  if i == 0:
    return __torch__.inception_stem(f, x)
  if i == 1:
    return __torch__.inception_second(f, x)
  if i < 5:
    return __torch__.inception_5(f, p, x)
  if i == 5:
    return __torch__.inception_6a(f, p, x)
  if i < 10:
    return __torch__.inception_6(f, p, x)
  if i == 10:
    return __torch__.inception_7a(f, p, x)
  return __torch__.inception_7(f, p, x, i == 12)
