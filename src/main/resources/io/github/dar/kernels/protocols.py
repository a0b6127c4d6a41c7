# How images reach a feature network: resizes that equal, number for number, those of the programs whose values are
# published.

# Along axis 1 as TF1 resizes (half_pixel_centers and align_corners off), to the bit: output i looks at i * (n / size),
# all in float32. x [B, n, m, C] -> [B, size, m, C]
def tf1_axis(x: Tensor, size: int) -> Tensor:
  n = torch.size(x, 1)
  at = torch.arange(size, dtype=6, device=x.device) * (float(n) / float(size))
  low = torch.floor(at)
  first = torch.to(low, 4)
  second = torch.clamp(first + 1, None, n - 1)
  a = torch.index_select(x, 1, first)
  b = torch.sub_(torch.index_select(x, 1, second), a)
  return torch.add_(torch.mul_(b, torch.view(at - low, [-1, 1, 1])), a)

# TF1's bilinear resize, which the graph of ADM's evaluator begins with; columns first, each pass along the axis whose
# rows are whole in memory. images [B, H, W, C] -> [B, size, size, C] float32
def tf1_resize(images: Tensor, size: int) -> Tensor:
  x = torch.contiguous(torch.transpose(torch.to(images, 6), 1, 2))
  x = torch.contiguous(torch.transpose(__torch__.tf1_axis(x, size), 1, 2)) # [B, H, size, C]
  return __torch__.tf1_axis(x, size)

# Pillow's bicubic resize of float images, antialiased where it shrinks: each pass in float64, rounded to float32.
# x [B, C, H, W] -> [B, C, size, size]
def pillow_bicubic(x: Tensor, size: int) -> Tensor:
  x = torch.to(ops.aten._upsample_bicubic2d_aa(torch.to(x, 7), [torch.size(x, 2), size], False), 6)
  return torch.to(ops.aten._upsample_bicubic2d_aa(torch.to(x, 7), [size, size], False), 6)

# Images [B, H, W, C] uint8 as float32 planes, channels last in memory: [B, C, H, W]
def float_planes(images: Tensor) -> Tensor:
  return torch.to(torch.permute(images, [0, 3, 1, 2]), 6)

# clean-fid's resize -> [B, C, size, size] float32 in [0, 255], not rounded
def clean_resize(images: Tensor, size: int) -> Tensor:
  return torch.clamp_(__torch__.pillow_bicubic(__torch__.float_planes(images), size), 0., 255.)

# Images [B, H, W, 3] uint8 as a network of 299x299 gets them, by protocol: 0 ADM (TF1), 1 pytorch-fid, 2 clean-fid
# -> [B, 3, 299, 299] in [-1, 1], channels last in memory
def protocol_input(images: Tensor, protocol: int) -> Tensor:
  if protocol == 1:
    x = torch.div_(__torch__.float_planes(images), 255.)
    return torch.sub_(torch.mul_(ops.aten.upsample_bilinear2d(x, [299, 299], False), 2.), 1.)
  if protocol == 0:
    x = torch.permute(__torch__.tf1_resize(images, 299), [0, 3, 1, 2])
  else:
    x = __torch__.clean_resize(images, 299)
  return torch.div_(torch.sub_(x, 128.), 128.)
