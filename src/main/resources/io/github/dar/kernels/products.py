# How the transformer multiplies by a matrix: with the weights as they are.

def matrix(w: Dict[str, Tensor], name: str, x: Tensor, dt: int) -> Tensor:
  return torch.linear(torch.to(x, dt), torch.to(w[name + ".weight"], dt))

# The weights as inference keeps them.
def prepared(w: Dict[str, Tensor]) -> Dict[str, Tensor]:
  return w
