# From logits to tokens (method.md section 10; generate.py of the reference). V codes, B images; all in float32.

# Classifier-free guidance: logits [2B, V], the null class in the lower half; s [] -> [B, V]. A scale of 1 takes
# the conditional logits as they are, not up to rounding.
def guided(logits: Tensor, s: Tensor) -> Tensor:
  halves = torch.chunk(logits, 2, 0)
  return torch.where(torch.eq(s, 1), halves[0], halves[1] + s * (halves[0] - halves[1]))

# Temperature, then top-k, then top-p on what is left; what goes becomes -inf. top_k 0 and top_p 1 keep all.
def filtered(logits: Tensor, temperature: float, top_k: int, top_p: float) -> Tensor:
  x = logits / max(temperature, 1e-05)
  if top_k > 0:
    best, places, = torch.topk(x, min(top_k, torch.size(x, -1)))
    # Strictly below: ties with the k-th value stay.
    x = torch.masked_fill(x, torch.lt(x, torch.slice(best, 1, -1)), -inf)
  if top_p < 1.:
    # A stable sort: of equal values the lower codes stay.
    ordered, places, = torch.sort(x, stable=True, dim=-1, descending=True)
    reached = torch.cumsum(torch.softmax(ordered, -1), -1)
    # A code goes when those before it exceed p already: the one that crosses p stays, and so does the first.
    before = torch.slice(reached, 1, 0, -1)
    gone = torch.cat([torch.zeros_like(torch.slice(reached, 1, 0, 1), dtype=11), torch.gt(before, top_p)], 1)
    x = torch.masked_fill(x, torch.scatter(torch.zeros_like(gone), 1, places, gone), -inf)
  return x

# Filtered logits [B, V] and uniforms u [B, 1] float64 in [0, 1) -> tokens [B]: the first code at which the
# distribution function exceeds u. Float64, as 16384 probabilities added in float32 lose the small ones. A code
# of probability 0 doesn't raise the function, so it is never the first.
def drawn(x: Tensor, u: Tensor) -> Tensor:
  reached = torch.cumsum(torch.softmax(torch.to(x, 7), -1), -1)
  target = u * torch.slice(reached, 1, -1)
  return torch.squeeze(torch.searchsorted(reached, target, right=True), 1)

# -> tokens [B]; -1 where the logits are not numbers.
def chosen(logits: Tensor, u: Tensor, temperature: float, top_k: int, top_p: float, greedy: bool) -> Tensor:
  if greedy:
    token = torch.argmax(logits, -1)
  else:
    token = __torch__.drawn(__torch__.filtered(logits, temperature, top_k, top_p), u)
  return torch.masked_fill(token, torch.isnan(torch.amax(logits, [-1])), -1)
