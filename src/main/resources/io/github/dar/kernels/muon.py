# Muon: steps along the orthogonal part of the momentum of each matrix. All float32.

# Pushes all singular values of a matrix that is wide rather than high near 1. Zeros stay zeros.
def orthogonal(matrix: Tensor) -> Tensor:
  x = matrix / (torch.norm(matrix) + 1e-7)
  for i in range(5):
    a = torch.mm(x, torch.t(x))
    x = 3.4445 * x + torch.mm(-4.775 * a + 2.0315 * torch.mm(a, a), x)
  return x

class Kernel(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # One step with Nesterov momentum of the matrices that share a decay, with the gradients divided by `divisor` on
  # their way. Its root mean square is 0.2 times the rate, about what AdamW's steps have.
  def step(self: __torch__.Kernel, weights: List[Tensor], gradients: List[Tensor], momenta: List[Tensor], divisor: float, rate: float, momentum: float, decay: float) -> Tensor:
    for i in range(torch.len(weights)):
      g = gradients[i] / divisor
      m = torch.lerp_(momenta[i], g, 1. - momentum)
      u = torch.lerp(g, m, momentum)
      if torch.size(u, 0) > torch.size(u, 1):
        u = torch.t(__torch__.orthogonal(torch.t(u)))
      else:
        u = __torch__.orthogonal(u)
      u = u / (torch.sqrt(torch.mean(u * u)) + 1e-7)
      w = torch.add_(torch.mul_(weights[i], 1. - rate * decay), u, alpha=-0.2 * rate)
    return weights[0]
