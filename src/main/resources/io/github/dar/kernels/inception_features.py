# Inception's view of images for the metrics: see inception.py and protocols.py.

class Kernel(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # Folds the published tensors of a unit: see inception_fold.
  def fold(self: __torch__.Kernel, weight: Tensor, scale: Tensor, shift: Tensor, mean: Tensor, variance: Tensor) -> List[Tensor]:
    return __torch__.inception_fold(weight, scale, shift, mean, variance)

  # images [B, H, W, 3] uint8 -> features [B, 2048], spatial features [B, 2023], probabilities [B, 1008]
  def extract(self: __torch__.Kernel, f: Dict[str, Tensor], images: Tensor, protocol: int) -> List[Tensor]:
    x = __torch__.protocol_input(images, protocol)
    for i in range(9):
      x = __torch__.inception_stage(f, i, x)
    # TF's mixed_6/conv, in TF's order: row, column, channel. The 1x1 branch comes first in its block.
    spatial = torch.clone(torch.permute(torch.slice(x, 1, 0, 7), [0, 2, 3, 1]), memory_format=0) # [B, 17, 17, 7]
    for i in range(9, 13):
      x = __torch__.inception_stage(f, i, x)
    features = torch.mean(x, [2, 3]) # [B, 2048]
    logits = torch.linear(features, f["fc.weight"]) # [B, 1008]; no bias, as OpenAI's evaluator has it
    return [features, torch.reshape(spatial, [-1, 2023]), torch.softmax(logits, 1)]

  # 1 if a tensor holds finite numbers only, else 0: []
  def finite(self: __torch__.Kernel, x: Tensor) -> Tensor:
    return torch.to(torch.all(torch.isfinite(x)), 6)
