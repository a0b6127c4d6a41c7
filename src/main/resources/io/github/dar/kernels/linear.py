# A matrix [out, in] times rows, and how inference keeps a matrix: in the type of products.

# x [.., in] -> [.., out] in the type dt
def affine(x: Tensor, matrix: Tensor, bias: Optional[Tensor], dt: int) -> Tensor:
  if bias is not None:
    bias = torch.to(bias, dt)
  return torch.linear(torch.to(x, dt), torch.to(matrix, dt), bias)

def kept(matrix: Tensor, dt: int) -> Tensor:
  return torch.to(matrix, dt)
