# The REPA loss (arXiv 2410.06940): the decoder's features, projected, turn towards those of a frozen network.

# features [B, 256, D] of a 16x16 grid, averaged to the decoder's grid where that is smaller -> [B, rows * columns, D]
def repa_grid(features: Tensor, rows: int, columns: int) -> Tensor:
  grid = torch.view(torch.transpose(features, 1, 2), [torch.size(features, 0), -1, 16, 16])
  grid = torch.adaptive_avg_pool2d(grid, [rows, columns])
  return torch.transpose(torch.flatten(grid, 2), 1, 2)

# a, b [B, T, D] -> cosine of each pair of vectors [B, T], float32
def repa_cosine(a: Tensor, b: Tensor) -> Tensor:
  a = torch.to(a, 6)
  b = torch.to(b, 6)
  squares = torch.sum(a * a, [-1]) * torch.sum(b * b, [-1])
  return torch.sum(a * b, [-1]) / torch.sqrt(torch.clamp_min(squares, 1e-16))

# features, projected [B, T, D] -> []
def repa_loss(features: Tensor, projected: Tensor) -> Tensor:
  return torch.mean(1 - __torch__.repa_cosine(features, projected))
