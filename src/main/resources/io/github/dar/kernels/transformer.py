# The autoregressive transformer (method.md section 9; LlamaGen's gpt.py in the reference).
# Shapes: B images, R rows of a decoding batch (B, or 2B with the null class below), N tokens of an image,
# n positions of a call, D width, H heads, G key and value heads, E head size, V codebook size.
# Position 0 is the class, position i + 1 the token i; the output at position i predicts the token i.

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
  checkpointing : bool
  w : Dict[str, Tensor]
  packed : Dict[str, __torch__.Matrix]
  packing : Dict[str, Future[__torch__.Matrix]]

  # Keeps these weights for inference, in place of those that it has of the same names: matrices in the form that is read
  # fastest. By and by, so that they need not all be in memory in two forms at once: packing them, which takes FBGEMM
  # longer than reading them from a file, goes on until the next call is done. `loaded` must come last.
  def load(self: __torch__.Kernel, w: Dict[str, Tensor]) -> Tensor:
    before = self.packing
    self.packing = annotate(Dict[str, Future[__torch__.Matrix]], {})
    for k in torch.keys(w):
      if torch.find(k, ".w1.") >= 0 or torch.find(k, ".w3.") >= 0:
        self.load_gate(k, w[k])
      elif torch.dim(w[k]) == 2 and torch.find(k, "embedding") < 0:
        self.pack(torch.slice(k, 0, -7), w[k])
      else:
        self.w[k] = w[k]
    return self.keep(before)

  def pack(self: __torch__.Kernel, name: str, weight: Tensor) -> None:
    self.packing[name] = fork(__torch__.matrix_of, weight, self.dt)

  # w1 and w3 multiply the same rows: one matrix as soon as both are there.
  def load_gate(self: __torch__.Kernel, name: str, weight: Tensor) -> None:
    self.w[name] = weight
    w1 = torch.replace(name, ".w3.", ".w1.")
    w3 = torch.replace(name, ".w1.", ".w3.")
    if torch.__contains__(self.w, w1) and torch.__contains__(self.w, w3):
      self.pack(torch.replace(w1, ".w1.weight", ".w1_w3"), torch.cat([torch.pop(self.w, w1), torch.pop(self.w, w3)]))

  def keep(self: __torch__.Kernel, matrices: Dict[str, Future[__torch__.Matrix]]) -> Tensor:
    for k in torch.keys(matrices):
      self.packed[k] = torch.wait(matrices[k])
    return torch.tensor(torch.len(matrices))

  def loaded(self: __torch__.Kernel) -> Tensor:
    last = self.packing
    self.packing = annotate(Dict[str, Future[__torch__.Matrix]], {})
    return self.keep(last)

  # A tensor once a pass: as a number each norm would make one.
  def epsilon(self: __torch__.Kernel, like: Tensor) -> Tensor:
    return torch.full([1], self.eps, dtype=6, device=like.device)

  # ---- Whole sequences -----------------------------------------------------------------------

  # Each query head of a group attends to the same keys and values: [R, G, m, E] -> [R, H, m, E]
  def widened(self: __torch__.Kernel, x: Tensor) -> Tensor:
    if self.heads == self.kv_heads:
      return x
    return torch.repeat_interleave(x, torch.floordiv(self.heads, self.kv_heads), 1)

  # Causal attention, its weights dropped in training: [B, H, n, E]
  def causal(self: __torch__.Kernel, q: Tensor, k: Tensor, v: Tensor, seeds: Tensor, site: int) -> Tensor:
    if self.attn_dropout == 0. or torch.size(seeds, 0) == 0:
      return __torch__.attend(q, k, v, None, True)
    # By hand, as the fused operator draws from the global generator.
    n = torch.size(q, 2)
    weights = __torch__.attention_weights(q, k, torch.tril(torch.ones([n, n], dtype=11, device=q.device)))
    return torch.matmul(__torch__.drop(weights, self.attn_dropout, torch.size(weights), seeds, site), v)

  # Block i: x [B, n, D] -> the same. context: turns, the seeds of dropout [B], none to have none, and eps.
  def block(self: __torch__.Kernel, w: Dict[str, Tensor], layers: str, i: int, x: Tensor, context: List[Tensor]) -> Tensor:
    turns, seeds, eps, = context
    p = layers + "." + str(i)
    site = 1 + 5 * i
    each = [torch.size(x, 0), 1, 1]
    # The rate of skipping rises linearly from 0 at the first block.
    skip = 0.
    if i > 0:
      skip = self.drop_path * i / (self.layers - 1)
    h = __torch__.rms_norm(w, p + ".attention_norm", x, eps)
    q, k, v, = __torch__.queries_keys_values(w, self.packed, p + ".attention", h, self.heads, self.kv_heads, turns, self.dt, self.dt)
    h = self.causal(q, self.widened(k), self.widened(v), seeds, site)
    h = __torch__.matrix(w, self.packed, p + ".attention.wo", torch.flatten(torch.transpose(h, 1, 2), 2), self.dt)
    h = __torch__.drop(h, self.resid_dropout, torch.size(h), seeds, site + 1)
    x = x + __torch__.drop(h, skip, each, seeds, site + 2)
    h = __torch__.rms_norm(w, p + ".ffn_norm", x, eps)
    h = __torch__.feed_forward(w, self.packed, p + ".feed_forward", h, self.dt)
    h = __torch__.drop(h, self.ffn_dropout, torch.size(h), seeds, site + 3)
    return x + __torch__.drop(h, skip, each, seeds, site + 4)

  # classes [B], tokens [B, N], of which the last is only a target; rope [N + 1, E/2, 2]; seeds [B] or [0]
  # -> last hidden states, normed, [B, N, D]
  def network(self: __torch__.Kernel, w: Dict[str, Tensor], classes: Tensor, tokens: Tensor, rope: Tensor, seeds: Tensor, tape: __torch__.Tape) -> Tensor:
    n = torch.size(tokens, 1)
    eps = self.epsilon(rope)
    x = torch.unsqueeze(torch.embedding(w["cls_embedding.embedding_table.weight"], classes), 1)
    x = torch.cat([x, torch.embedding(w["tok_embeddings.weight"], torch.slice(tokens, 1, 0, n - 1))], 1)
    x = __torch__.drop(x, self.token_dropout, torch.size(x), seeds, 0)
    x = __torch__.stack(self, w, "layers", 0, self.layers, x, [__torch__.turns(torch.slice(rope, 0, 0, n)), seeds, eps], tape)
    return __torch__.rms_norm(w, "norm", x, eps)

  # The output matrix and the loss by hand, a few rows at a time: all logits at once, and the copies that autograd keeps
  # of them, would be the largest arrays of a step.
  # hidden [M, D], tokens [M]; adds `scale` times the gradient of the summed cross entropies by the matrix to g
  # -> cross entropies [M], and that gradient by hidden [M, D]
  def output_gradients(self: __torch__.Kernel, w: Dict[str, Tensor], hidden: Tensor, tokens: Tensor, scale: Tensor, g: Dict[str, Tensor]) -> Tuple[Tensor, Tensor]:
    matrix = torch.to(torch.detach(w["output.weight"]), self.dt)
    # 16 MB of logits: an array that malloc gives from the heap, not from fresh pages. A GPU wants more at once.
    piece = 4194304
    if matrix.is_cuda:
      piece = 67108864
    rows = max(1, torch.floordiv(piece, torch.size(matrix, 0)))
    hidden = torch.to(torch.detach(hidden), self.dt)
    losses = annotate(List[Tensor], [])
    d_hidden = annotate(List[Tensor], [])
    d_matrix = torch.zeros(torch.size(matrix), dtype=6, device=matrix.device)
    for x, token in zip(torch.split(hidden, rows), torch.split(torch.unsqueeze(tokens, 1), rows)):
      d = torch.log_softmax(torch.to(torch.linear(x, matrix), 6), -1)
      losses.append(-torch.squeeze(torch.gather(d, 1, token), 1))
      d = torch.mul_(torch.exp_(d), scale)
      d = torch.scatter_add_(d, 1, token, torch.expand(torch.neg(scale), torch.size(token)))
      d = torch.to(d, self.dt)
      d_hidden.append(torch.to(torch.matmul(d, matrix), 6))
      if self.dt == 6:
        d_matrix = torch.addmm_(d_matrix, torch.t(d), x)
      else:
        d_matrix = torch.add_(d_matrix, torch.matmul(torch.t(d), x))
    torch.add_(g["output.weight"], d_matrix)
    return (torch.cat(losses), torch.cat(d_hidden))

  # One micro-batch: adds `scale` times the gradients of the mean cross entropy to g. seeds [B] decide every dropout
  # of an image; none, [0], to have none. -> the loss [], and its mean over the batch by position [N]
  def gradients(self: __torch__.Kernel, classes: Tensor, tokens: Tensor, seeds: Tensor, rope: Tensor, scale: Tensor, masters: Dict[str, Tensor], g: Dict[str, Tensor]) -> List[Tensor]:
    w = __torch__.leaves(masters)
    tape = __torch__.tape()
    hidden = torch.flatten(self.network(w, classes, tokens, rope, seeds, tape), 0, 1)
    losses, d_hidden, = self.output_gradients(w, hidden, torch.flatten(tokens), scale / torch.numel(tokens), g)
    __torch__.backward(self, torch.sum(hidden * d_hidden), w, tape, g)
    return [torch.mean(losses), torch.mean(torch.view(losses, torch.size(tokens)), [0])]

  # classes [B], tokens [B, N] -> logits [B, N, V] float32, without a cache
  def logits(self: __torch__.Kernel, classes: Tensor, tokens: Tensor, rope: Tensor) -> Tensor:
    seeds = torch.zeros([0], dtype=4, device=rope.device)
    x = self.network(self.w, classes, tokens, rope, seeds, __torch__.tape())
    return torch.to(__torch__.matrix(self.w, self.packed, "output", x, self.dt), 6)

  # The same losses as `gradients` without dropout, for validation.
  def loss(self: __torch__.Kernel, classes: Tensor, tokens: Tensor, rope: Tensor) -> List[Tensor]:
    logits = torch.flatten(self.logits(classes, tokens, rope), 0, 1)
    losses = torch.view(torch.cross_entropy_loss(logits, torch.flatten(tokens), None, 0), torch.size(tokens))
    return [torch.mean(losses), torch.mean(losses, [0])]

  # ---- Decoding with a cache -----------------------------------------------------------------

  # Empty caches of `length` positions: each layer's keys and values. On a processor in float32 always: the fused attention of one query
  # reads those three times as fast as bfloat16.
  def caches(self: __torch__.Kernel, rows: int, length: int, rope: Tensor) -> Tensor:
    dt = self.dt
    if not rope.is_cuda:
      dt = 6
    return torch.zeros([2 * self.layers, rows, self.kv_heads, length, 2 * torch.size(rope, 1)], dtype=dt, device=rope.device)

  # Embeddings x [R, m, D] of the positions start .. start+m-1 -> their last hidden states [R, m, D]. Keys and values
  # of the positions before lie in the first R rows of the caches; the new ones are added.
  # A decoding step is bound by the number of its operations, so what is the same for all layers comes first.
  def extend(self: __torch__.Kernel, x: Tensor, start: int, rope: Tensor, caches: Tensor) -> Tensor:
    w = self.w
    dt = self.dt
    rows = torch.size(x, 0)
    m = torch.size(x, 1)
    end = start + m
    kept = ops.prim.dtype(caches)
    mask = annotate(Optional[Tensor], None)
    if m > 1:
      mask = torch.tril(torch.ones([m, end], dtype=11, device=x.device), start)
    turns = __torch__.turns(torch.slice(rope, 0, start, end))
    eps = self.epsilon(x)
    caches = torch.slice(torch.slice(caches, 1, 0, rows), 3, 0, end)
    filled = torch.unbind(caches)
    new = torch.unbind(torch.slice(caches, 3, start))
    for i in range(self.layers):
      p = "layers." + str(i)
      h = __torch__.rms_norm(w, p + ".attention_norm", x, eps)
      q, k, v, = __torch__.queries_keys_values(w, self.packed, p + ".attention", h, self.heads, self.kv_heads, turns, dt, kept)
      torch.copy_(new[2 * i], k)
      torch.copy_(new[2 * i + 1], v)
      keys = filled[2 * i]
      values = filled[2 * i + 1]
      if m == 1:
        # One query a head: those of a group can stand as the rows of one head, and nothing is copied.
        q = torch.reshape(q, [rows, self.kv_heads, -1, torch.size(q, 3)])
        h = torch.reshape(torch.scaled_dot_product_attention(q, keys, values), [rows, 1, -1])
      else:
        h = torch.scaled_dot_product_attention(q, self.widened(keys), self.widened(values), mask)
        h = torch.flatten(torch.transpose(h, 1, 2), 2)
      x = x + __torch__.matrix(w, self.packed, p + ".attention.wo", h, dt)
      h = __torch__.rms_norm(w, p + ".ffn_norm", x, eps)
      x = x + __torch__.feed_forward(w, self.packed, p + ".feed_forward", h, dt)
    return x

  # Last hidden states [.., D] -> logits [.., V] float32
  def predictions(self: __torch__.Kernel, x: Tensor) -> Tensor:
    h = __torch__.rms_norm(self.w, "norm", x, self.epsilon(x))
    return torch.to(__torch__.matrix(self.w, self.packed, "output", h, self.dt), 6)

  # What stands at the positions start .. start+m-1. classes [R]; tokens [B, m]: the outputs at the positions before
  # these; the one before position 0 is not looked at. -> [R, m, D]
  def inputs(self: __torch__.Kernel, classes: Tensor, tokens: Tensor, start: int) -> Tensor:
    x = torch.embedding(self.w["tok_embeddings.weight"], torch.clamp_min(tokens, 0))
    if torch.size(classes, 0) > torch.size(tokens, 0):
      x = torch.cat([x, x], 0)
    if start == 0:
      first = torch.unsqueeze(torch.embedding(self.w["cls_embedding.embedding_table.weight"], classes), 1)
      x = torch.cat([first, torch.slice(x, 1, 1)], 1)
    return x

  # classes [B], tokens [B, m] as in `inputs` -> logits [B, m, V] of what follows, by the cache
  def advance(self: __torch__.Kernel, classes: Tensor, tokens: Tensor, start: int, rope: Tensor, caches: Tensor) -> Tensor:
    return self.predictions(self.extend(self.inputs(classes, tokens, start), start, rope, caches))

  # The next n tokens. classes [B]; previous [B] the token before them; forced [B, K] tokens that are given, not
  # sampled; u [B, n] float64, a uniform number for each token; scales [N] of guidance by position, of which those from
  # `guided_end` on are 1: from there the rows of the null class are left out. -> tokens [B, n]
  def decode(self: __torch__.Kernel, classes: Tensor, previous: Tensor, forced: Tensor, u: Tensor, scales: Tensor, start: int, guided_end: int, rope: Tensor, caches: Tensor, temperature: float, top_k: int, top_p: float, greedy: bool) -> Tensor:
    both = torch.cat([classes, torch.full_like(classes, self.null_class)], 0)
    n = torch.size(u, 1)
    last = torch.unsqueeze(previous, 1)
    out = annotate(List[Tensor], [])
    given = min(n, max(0, torch.size(forced, 1) - start))
    if given > 0:
      tokens = torch.slice(forced, 1, start, start + given)
      rows = classes
      if start < guided_end:
        rows = both
      before = torch.cat([last, torch.slice(tokens, 1, 0, -1)], 1)
      self.extend(self.inputs(rows, before, start), start, rope, caches)
      out.append(tokens)
      last = torch.slice(tokens, 1, -1)
    for i in range(given, n):
      position = start + i
      if position < guided_end:
        logits = self.predictions(self.extend(self.inputs(both, last, position), position, rope, caches))
        logits = __torch__.guided(torch.select(logits, 1, 0), torch.select(scales, 0, position))
      else:
        logits = self.predictions(self.extend(self.inputs(classes, last, position), position, rope, caches))
        logits = torch.select(logits, 1, 0)
      token = __torch__.chosen(logits, torch.slice(u, 1, i, i + 1), temperature, top_k, top_p, greedy)
      last = torch.unsqueeze(token, 1)
      out.append(last)
    return torch.cat(out, 1)
