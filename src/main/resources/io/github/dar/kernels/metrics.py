# What the evaluation metrics compute over features. n images, b of them in a block, D numbers an image, C classes.
# Dtypes are libtorch's numbers: 6 float32, 7 float64.

# Squared distances of every row of x [b, D] to every row of y [m, D], in float64: [b, m]. By |u|^2 - 2 u.v + |v|^2,
# so what is within rounding of 0 becomes 0: equal rows are at no distance wherever they stand.
def distances(x: Tensor, y: Tensor) -> Tensor:
  u = torch.to(x, 7)
  v = torch.to(y, 7)
  own = torch.unsqueeze(torch.sum(u * u, [1]), 1)
  norms = own + torch.unsqueeze(torch.sum(v * v, [1]), 0)
  d = torch.addmm_(norms, u, torch.t(v), alpha=-2.)
  return torch.masked_fill_(d, torch.lt(d, own * 2e-12), 0.)

class Kernel(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # Copies rows [b, D] float32 into the buffer from row `offset` on; the greatest magnitude of each row, NaN if it holds one: [b].
  def put(self: __torch__.Kernel, buffer: Tensor, rows: Tensor, offset: int) -> Tensor:
    torch.copy_(torch.narrow(buffer, 0, offset, torch.size(rows, 0)), rows)
    return torch.amax(torch.abs(rows), [1])

  # Adds a block [b, D] to the sums of Moments: whole numbers in float64, so every product and sum is exact.
  def accumulate(self: __torch__.Kernel, block: Tensor, sums: Tensor, high: Tensor, cross: Tensor, low: Tensor) -> Tensor:
    x = torch.round(torch.to(block, 7) * 16777216.)
    h = torch.round(x / 65536.)
    l = x - h * 65536.
    torch.add_(sums, torch.sum(x, [0]))
    torch.addmm_(high, torch.t(h), h)
    torch.addmm_(cross, torch.t(h), l)
    torch.addmm_(low, torch.t(l), l)
    return sums

  # target += other, for each of two lists.
  def merge(self: __torch__.Kernel, target: List[Tensor], other: List[Tensor]) -> Tensor:
    ops.aten._foreach_add_(target, other)
    return target[0]

  # The trace of the square root of the product of two covariances [D, D] float64: [].
  def trace_of_root(self: __torch__.Kernel, first: Tensor, second: Tensor) -> Tensor:
    a = self.factor(first)
    b = self.factor(second)
    # S1 = a a^T and S2 = b b^T: the eigenvalues of S1 S2 are the squared singular values of a^T b.
    return torch.sum(ops.aten.linalg_svdvals(torch.matmul(torch.t(a), b)))

  # A covariance's factor [D, r] of full rank r: its eigenvectors times the roots of its eigenvalues.
  def factor(self: __torch__.Kernel, covariance: Tensor) -> Tensor:
    values, vectors, = ops.aten.linalg_eigh(covariance)
    # Eigenvalues that are 0 come out as rounding errors of either sign, of this size at most.
    noise = float(torch.amax(torch.abs(values))) * float(torch.size(values, 0)) * 2.220446049250313e-16
    rank = int(torch.sum(torch.gt(values, noise)))
    start = torch.size(values, 0) - rank # they ascend
    return torch.slice(vectors, 1, start) * torch.sqrt(torch.slice(values, 0, start))

  # Adds class probabilities [b, C] to the split that each image is in, splits [b] int64: their sums [S, C] and
  # the sums of p ln p [S], both float64.
  def scores(self: __torch__.Kernel, probabilities: Tensor, splits: Tensor, sums: Tensor, entropies: Tensor) -> Tensor:
    p = torch.to(probabilities, 7)
    torch.index_add_(sums, 0, splits, p)
    torch.index_add_(entropies, 0, splits, torch.sum(torch.xlogy(p, p), [1]))
    return sums

  # The k + 1 least squared distances of each row [b, D], the nearest being the row itself: of those to rows [m, D]
  # and of those found before [b, up to k + 1] -> [b, up to k + 1], ascending.
  def nearest(self: __torch__.Kernel, rows: Tensor, others: Tensor, before: Tensor, k: int) -> Tensor:
    all = torch.cat([before, __torch__.distances(rows, others)], 1)
    least, places, = torch.topk(all, min(k + 1, torch.size(all, 1)), 1, False)
    return least

  # Notes in `inside` [b] which rows lie in a ball around one of the others, and in `reached` [m] which of the others
  # lie in a ball around one of the rows.
  def cover(self: __torch__.Kernel, rows: Tensor, radii: Tensor, others: Tensor, other_radii: Tensor, inside: Tensor, reached: Tensor) -> Tensor:
    d = __torch__.distances(rows, others)
    torch.logical_or_(inside, torch.any(torch.le(d, torch.unsqueeze(other_radii, 0)), 1))
    return torch.logical_or_(reached, torch.any(torch.le(d, torch.unsqueeze(radii, 1)), 0))

  # Sum of the kernel (x.y/D + 1)^3 over all pairs of rows [b, D] and [m, D]: [].
  def kernel_sum(self: __torch__.Kernel, x: Tensor, y: Tensor) -> Tensor:
    p = torch.addmm(torch.ones([1, 1], dtype=7, device=x.device), torch.to(x, 7), torch.t(torch.to(y, 7)), alpha=1. / float(torch.size(x, 1)))
    return torch.sum(p * p * p)

  # Sum of the same over pairs of a row with itself: [].
  def kernel_diagonal(self: __torch__.Kernel, x: Tensor) -> Tensor:
    u = torch.to(x, 7)
    p = torch.sum(u * u, [1]) / float(torch.size(x, 1)) + 1.
    return torch.sum(p * p * p)

  # The numbered rows [m] int64 of x [n, D]: [m, D].
  def rows(self: __torch__.Kernel, x: Tensor, numbers: Tensor) -> Tensor:
    return torch.index_select(x, 0, numbers)
