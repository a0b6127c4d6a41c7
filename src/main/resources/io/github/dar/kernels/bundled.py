# The small classifier of clothes that ships with dar, for metrics where no published network is at hand. Needs blocks.py
# and protocols.py before it. All float32.
#
# w  its weights: conv1.weight [32, 3, 3, 3] and .bias to conv6, fc.weight [10, 128] and .bias.

# Images [B, H, W, 3] uint8 -> [B, 3, 32, 32] in [-1, 1]; those of 32x32 as they are.
def bundled_input(images: Tensor) -> Tensor:
  if torch.size(images, 1) == 32 and torch.size(images, 2) == 32:
    x = __torch__.float_planes(images)
  else:
    x = __torch__.clean_resize(images, 32)
  return torch.div(torch.sub(x, 128.), 128.)

# A 3x3 convolution and a ReLU that ends at 6, so that no image has features out of range: [B, C, H, W] -> [B, C', ..]
def bundled_unit(w: Dict[str, Tensor], name: str, x: Tensor, stride: int) -> Tensor:
  x = torch.conv2d(x, w[name + ".weight"], w[name + ".bias"], [stride, stride], [1, 1])
  return torch.hardtanh(x, 0., 6.)

# x [B, 3, 32, 32] -> the maps that metrics look at: [B, 96, 8, 8], [B, 128, 4, 4]
def bundled_maps(w: Dict[str, Tensor], x: Tensor) -> List[Tensor]:
  x = __torch__.bundled_unit(w, "conv1", x, 2) # [B, 32, 16, 16]
  x = __torch__.bundled_unit(w, "conv2", x, 1) # [B, 48, 16, 16]
  x = __torch__.bundled_unit(w, "conv3", x, 2) # [B, 64, 8, 8]
  x = __torch__.bundled_unit(w, "conv4", x, 1) # [B, 96, 8, 8]
  y = __torch__.bundled_unit(w, "conv5", x, 2) # [B, 128, 4, 4]
  return [x, __torch__.bundled_unit(w, "conv6", y, 1)]

# features [B, 128] -> [B, 10]
def bundled_logits(w: Dict[str, Tensor], features: Tensor) -> Tensor:
  return torch.linear(features, w["fc.weight"], w["fc.bias"])

class Kernel(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # images [B, H, W, 3] uint8 -> features [B, 128], spatial features [B, 448], probabilities [B, 10]
  def extract(self: __torch__.Kernel, w: Dict[str, Tensor], images: Tensor) -> List[Tensor]:
    maps = __torch__.bundled_maps(w, __torch__.bundled_input(images))
    features = torch.mean(maps[1], [2, 3]) # [B, 128]
    # Seven channels, as sFID has them: row, column, channel.
    spatial = torch.permute(torch.slice(maps[0], 1, 0, 7), [0, 2, 3, 1]) # [B, 8, 8, 7]
    return [features, torch.reshape(spatial, [-1, 448]), torch.softmax(__torch__.bundled_logits(w, features), 1)]

  # Adds the gradients of the mean cross entropy to g. images [B, 32, 32, 3] uint8, labels [B] int64 -> loss []
  def gradients(self: __torch__.Kernel, images: Tensor, labels: Tensor, masters: Dict[str, Tensor], g: Dict[str, Tensor]) -> Tensor:
    w = __torch__.leaves(masters)
    maps = __torch__.bundled_maps(w, __torch__.bundled_input(images))
    loss = torch.cross_entropy_loss(__torch__.bundled_logits(w, torch.mean(maps[1], [2, 3])), labels)
    __torch__.add_gradients(loss, w, g)
    return torch.detach(loss)
