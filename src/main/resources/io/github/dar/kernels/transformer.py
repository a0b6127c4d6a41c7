# The autoregressive transformer (method.md section 9; LlamaGen's gpt.py in the reference).
# Shapes: B images, R rows of a decoding batch (B, or 2B with the null class below), N tokens of an image,
# n positions of a call, D width, H heads, G key and value heads, E head size, V codebook size.
# Position 0 is the class, position i + 1 the token i; the output at position i predicts the token i.

def matrix(w: Dict[str, Tensor], name: str, x: Tensor, dt: int) -> Tensor:
  return torch.linear(torch.to(x, dt), torch.to(w[name + ".weight"], dt))

# gpt.py, RMSNorm. Its cast back to the type of x changes nothing here: the residual stream is float32.
def rms_norm(w: Dict[str, Tensor], p: str, x: Tensor, eps: float) -> Tensor:
  return x * torch.rsqrt(torch.mean(x * x, [-1], True) + eps) * w[p + ".weight"]

# x [R, n, H*E] -> [R, H, n, E]
def split_heads(x: Tensor, heads: int) -> Tensor:
  return torch.transpose(torch.reshape(x, [torch.size(x, 0), torch.size(x, 1), heads, -1]), 1, 2)

# The same, rotated in float32: rope [n, E/2, 2] holds (cos, sin); adjacent channels are the pairs.
def rotated_heads(x: Tensor, heads: int, rope: Tensor, dt: int) -> Tensor:
  x = torch.reshape(torch.to(x, 6), [torch.size(x, 0), torch.size(x, 1), heads, -1, 2])
  x = torch.view_as_complex(x) * torch.unsqueeze(torch.view_as_complex(rope), 1)
  return torch.to(torch.transpose(torch.flatten(torch.view_as_real(x), 3), 1, 2), dt)

# x [R, n, D], already normed -> q [R, H, n, E], k and v [R, G, n, E] in the compute type
def queries_keys_values(w: Dict[str, Tensor], p: str, x: Tensor, heads: int, kv_heads: int, rope: Tensor, dt: int) -> Tuple[Tensor, Tensor, Tensor]:
  width = torch.size(x, -1)
  kv = torch.floordiv(width, heads) * kv_heads
  parts = torch.split_with_sizes(__torch__.matrix(w, p + ".wqkv", x, dt), [width, kv, kv], -1)
  q = __torch__.rotated_heads(parts[0], heads, rope, dt)
  k = __torch__.rotated_heads(parts[1], kv_heads, rope, dt)
  return (q, k, __torch__.split_heads(parts[2], kv_heads))

def feed_forward(w: Dict[str, Tensor], p: str, x: Tensor, dt: int) -> Tensor:
  x = torch.to(x, dt)
  h = torch.silu(__torch__.matrix(w, p + ".w1", x, dt)) * __torch__.matrix(w, p + ".w3", x, dt)
  return __torch__.matrix(w, p + ".w2", h, dt)

# Zeroes elements (or whole images, where `shape` says so) with probability p and scales up the rest. The
# generator is the caller's own: the global one is shared by all threads.
def drop(x: Tensor, p: float, shape: List[int], random: Generator) -> Tensor:
  if p == 0.:
    return x
  keep = torch.empty(shape, dtype=x.dtype, device=x.device)
  keep = torch.bernoulli_(keep, 1. - p, generator=random)
  return x * torch.div_(keep, 1. - p)

class Kernel(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  dt : int
  layers : int
  heads : int
  kv_heads : int
  null_class : int
  eps : float
  token_dropout : float
  attn_dropout : float
  resid_dropout : float
  ffn_dropout : float
  drop_path : float
  w : Dict[str, Tensor]

  # Keeps the weights for inference.
  def load(self: __torch__.Kernel, w: Dict[str, Tensor]) -> Tensor:
    self.w = w
    return torch.tensor(torch.len(w))

  # ---- Whole sequences -----------------------------------------------------------------------

  # Each query head of a group attends to the same keys and values: [R, G, m, E] -> [R, H, m, E]
  def widened(self: __torch__.Kernel, x: Tensor) -> Tensor:
    if self.heads == self.kv_heads:
      return x
    return torch.repeat_interleave(x, torch.floordiv(self.heads, self.kv_heads), 1)

  # Causal attention, its weights dropped with probability p: [B, H, n, E]
  def causal(self: __torch__.Kernel, q: Tensor, k: Tensor, v: Tensor, p: float, random: Generator) -> Tensor:
    if p == 0.:
      return torch.scaled_dot_product_attention(q, k, v, None, 0., True)
    # By hand, as the fused operator draws from the global generator.
    n = torch.size(q, 2)
    future = torch.triu(torch.ones([n, n], dtype=11, device=q.device), 1)
    scores = torch.matmul(torch.to(q, 6) * torch.pow(torch.size(q, 3), -0.5), torch.transpose(torch.to(k, 6), 2, 3))
    scores = torch.softmax(torch.masked_fill(scores, future, -inf), -1)
    scores = __torch__.drop(scores, p, torch.size(scores), random)
    return torch.matmul(torch.to(scores, self.dt), v)

  # classes [B], tokens [B, N], of which the last is only a target; rope [N + 1, E/2, 2]
  # -> logits [B, N, V] float32. Dropout only if `train`.
  def network(self: __torch__.Kernel, w: Dict[str, Tensor], classes: Tensor, tokens: Tensor, rope: Tensor, train: bool, random: Generator) -> Tensor:
    dt = self.dt
    on = 0.
    if train:
      on = 1.
    n = torch.size(tokens, 1)
    batch = torch.size(tokens, 0)
    x = torch.unsqueeze(torch.embedding(w["cls_embedding.embedding_table.weight"], classes), 1)
    x = torch.cat([x, torch.embedding(w["tok_embeddings.weight"], torch.slice(tokens, 1, 0, n - 1))], 1)
    x = __torch__.drop(x, on * self.token_dropout, torch.size(x), random)
    rope = torch.slice(rope, 0, 0, n)
    for i in range(self.layers):
      p = "layers." + str(i)
      # The rate of skipping rises linearly from 0 at the first block.
      skip = 0.
      if i > 0:
        skip = on * self.drop_path * i / (self.layers - 1)
      h = __torch__.rms_norm(w, p + ".attention_norm", x, self.eps)
      q, k, v, = __torch__.queries_keys_values(w, p + ".attention", h, self.heads, self.kv_heads, rope, dt)
      h = self.causal(q, self.widened(k), self.widened(v), on * self.attn_dropout, random)
      h = __torch__.matrix(w, p + ".attention.wo", torch.flatten(torch.transpose(h, 1, 2), 2), dt)
      h = __torch__.drop(h, on * self.resid_dropout, torch.size(h), random)
      x = x + __torch__.drop(h, skip, [batch, 1, 1], random)
      h = __torch__.rms_norm(w, p + ".ffn_norm", x, self.eps)
      h = __torch__.feed_forward(w, p + ".feed_forward", h, dt)
      h = __torch__.drop(h, on * self.ffn_dropout, torch.size(h), random)
      x = x + __torch__.drop(h, skip, [batch, 1, 1], random)
    x = __torch__.rms_norm(w, "norm", x, self.eps)
    return torch.to(__torch__.matrix(w, "output", x, dt), 6)

  # -> cross entropies [B, N]
  def cross_entropy(self: __torch__.Kernel, logits: Tensor, tokens: Tensor) -> Tensor:
    losses = torch.cross_entropy_loss(torch.flatten(logits, 0, 1), torch.flatten(tokens), None, 0)
    return torch.view(losses, torch.size(tokens))

  # One micro-batch: adds `scale` times the gradients of the mean cross entropy to g. The seed decides every
  # dropout. -> the loss [], and its mean over the batch by position [N]
  def gradients(self: __torch__.Kernel, classes: Tensor, tokens: Tensor, seed: Tensor, rope: Tensor, scale: Tensor, masters: Dict[str, Tensor], g: Dict[str, Tensor]) -> List[Tensor]:
    w = __torch__.leaves(masters)
    random = torch.Generator(device=rope.device, seed=int(seed))
    losses = self.cross_entropy(self.network(w, classes, tokens, rope, True, random), tokens)
    loss = torch.mean(losses)
    __torch__.add_gradients(loss * scale, w, g)
    return [torch.detach(loss), torch.mean(torch.detach(losses), [0])]

  # classes [B], tokens [B, N] -> logits [B, N, V], without a cache
  def logits(self: __torch__.Kernel, classes: Tensor, tokens: Tensor, rope: Tensor) -> Tensor:
    random = torch.Generator(device=rope.device, seed=0)
    return self.network(self.w, classes, tokens, rope, False, random)

  # The same losses as `gradients` without dropout, for validation.
  def loss(self: __torch__.Kernel, classes: Tensor, tokens: Tensor, rope: Tensor) -> List[Tensor]:
    losses = self.cross_entropy(self.logits(classes, tokens, rope), tokens)
    return [torch.mean(losses), torch.mean(losses, [0])]
