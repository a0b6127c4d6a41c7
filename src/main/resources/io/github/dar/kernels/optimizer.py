# AdamW with clipping and a moving average of the weights, over whole lists (method.md section 11). All float32.

class Kernel(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # Global L2 norm of the gradients: [1], in float64 as it is a sum over millions.
  def norm(self: __torch__.Kernel, gradients: List[Tensor]) -> Tensor:
    norms = torch.stack(ops.aten._foreach_norm(gradients))
    return torch.sqrt(torch.sum(torch.to(norms, 7) * torch.to(norms, 7)))

  # One decoupled-decay Adam step (number `step`, from 1) of the weights that share a decay, with the gradients
  # divided by `divisor` on their way.
  def adamw(self: __torch__.Kernel, weights: List[Tensor], gradients: List[Tensor], m: List[Tensor], v: List[Tensor], divisor: float, step: int, lr: float, beta1: float, beta2: float, eps: float, decay: float) -> Tensor:
    device = weights[0].device
    number = torch.full([], float(step), dtype=6, device=device)
    steps = annotate(List[Tensor], [])
    for i in range(torch.len(weights)):
      steps.append(number)
    scale = annotate(Optional[Tensor], None)
    if divisor != 1.:
      scale = torch.full([], divisor, dtype=6, device=device)
    ops.aten._fused_adamw_(weights, gradients, m, v, annotate(List[Tensor], []), steps, lr=lr, beta1=beta1, beta2=beta2, weight_decay=decay, eps=eps, amsgrad=False, maximize=False, grad_scale=scale)
    return number

  # average = average + (weights - average) * (1 - d), in one pass
  def average(self: __torch__.Kernel, average: List[Tensor], weights: List[Tensor], d: float) -> Tensor:
    ops.aten._foreach_lerp_(average, weights, 1. - d)
    return average[0]

  # Adds the gradients of one part of a batch to those of the batch, and zeroes them for the next.
  def move(self: __torch__.Kernel, gradients: List[Tensor], part: List[Tensor]) -> Tensor:
    ops.aten._foreach_add_(gradients, part)
    ops.aten._foreach_zero_(part)
    return gradients[0]

  def zero(self: __torch__.Kernel, gradients: List[Tensor]) -> Tensor:
    ops.aten._foreach_zero_(gradients)
    return gradients[0]
