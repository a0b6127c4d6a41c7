# Muon: steps along the orthogonal part of the momentum of each matrix.
#
# dt  compute type of matrix products: 6 float32, 15 bfloat16. All else is float32.

# Pushes all singular values of a matrix that is wide rather than high near 1. Zeros stay zeros.
def orthogonal(matrix: Tensor, dt: int) -> Tensor:
  x = torch.to(matrix / (torch.norm(matrix) + 1e-7), dt)
  for i in range(5):
    a = torch.mm(x, torch.t(x))
    x = 3.4445 * x + torch.mm(-4.775 * a + 2.0315 * torch.mm(a, a), x)
  return torch.to(x, 6)

class Kernel(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # One step with Nesterov momentum of a matrix, with the gradient divided by `divisor` on its way. Its root mean square
  # is 0.2 times the rate, about what AdamW's steps have.
  def step(self: __torch__.Kernel, weight: Tensor, gradient: Tensor, momentum: Tensor, divisor: float, rate: float, keep: float, decay: float, dt: int) -> Tensor:
    g = gradient / divisor
    m = torch.lerp_(momentum, g, 1. - keep)
    u = torch.lerp(g, m, keep)
    if torch.size(u, 0) > torch.size(u, 1):
      u = torch.t(__torch__.orthogonal(torch.t(u), dt))
    else:
      u = __torch__.orthogonal(u, dt)
    u = u / (torch.sqrt(torch.mean(u * u)) + 1e-7)
    return torch.add_(torch.mul_(weight, 1. - rate * decay), u, alpha=-0.2 * rate)
