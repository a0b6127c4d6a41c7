# How the transformer multiplies by a matrix in inference: as linear.py does, or linear_packed.py, one of which stands before.

class Matrix:
  matrix : Tensor

  def __init__(self: __torch__.Matrix, weight: Tensor, dt: int) -> NoneType:
    self.matrix = __torch__.kept(weight, dt)
    return None

  # x [.., in] -> [.., out] in the type dt or float32
  def times(self: __torch__.Matrix, x: Tensor, dt: int) -> Tensor:
    return __torch__.affine(x, self.matrix, None, dt)
