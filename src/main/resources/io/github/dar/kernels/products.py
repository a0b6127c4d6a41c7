# How the transformer multiplies by a matrix in inference: with the weights as they are.

class Matrix:
  weight : Tensor

  def __init__(self: __torch__.Matrix, weight: Tensor) -> NoneType:
    self.weight = weight
    return None

  # x [.., in] -> [.., out] in the type dt
  def times(self: __torch__.Matrix, x: Tensor, dt: int) -> Tensor:
    return torch.linear(torch.to(x, dt), torch.to(self.weight, dt))
