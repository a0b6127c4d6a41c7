# VGG16 up to its last ReLU (torchvision's vgg16.features): what LPIPS looks through.
#
# f   its weights by torchvision's names, features.0.weight on; frozen.
# dt  compute type of the convolutions: 6 float32, 15 bfloat16.

# A 3x3 convolution that keeps the size, then ReLU: [B, C, H, W] -> [B, C', H, W] in the compute type.
def vgg_layer(f: Dict[str, Tensor], layer: int, x: Tensor, dt: int) -> Tensor:
  p = "features." + str(layer)
  x = torch.conv2d(torch.to(x, dt), torch.to(f[p + ".weight"], dt), torch.to(f[p + ".bias"], dt), [1, 1], [1, 1])
  return torch.relu(x)

# x [B, 3, H, W], normalised -> the last ReLU of each of the five stages, [B, 64, H, W] to [B, 512, H/16, W/16]
def vgg_features(f: Dict[str, Tensor], x: Tensor, dt: int) -> List[Tensor]:
  stages = [[0, 2], [5, 7], [10, 12, 14], [17, 19, 21], [24, 26, 28]]
  out = annotate(List[Tensor], [])
  for i in range(torch.len(stages)):
    if i > 0:
      x = torch.max_pool2d(x, [2, 2], [2, 2])
    for layer in stages[i]:
      x = __torch__.vgg_layer(f, layer, x, dt)
    out.append(x)
  return out
