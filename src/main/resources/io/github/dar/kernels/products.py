# How the transformer multiplies by a matrix in inference: with the weights in the type dt, that of products.

class Matrix:
  weight : Tensor

  def __init__(self: __torch__.Matrix, weight: Tensor, dt: int) -> NoneType:
    self.weight = torch.to(weight, dt)
    return None

  # x [.., in] -> [.., out] in the type dt or float32
  def times(self: __torch__.Matrix, x: Tensor, dt: int) -> Tensor:
    return torch.linear(torch.to(x, dt), self.weight)
