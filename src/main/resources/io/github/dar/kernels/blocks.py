# TorchScript, compiled by libtorch when a kernel is loaded (no Python runs).
# Pieces that the tokenizer's networks share: method.md sections 2 and 7. Stands after linear.py or linear_packed.py.
#
# w   named weights, float32 masters in training; matrices may already be as inference keeps them.
# p   prefix of a layer's names.
# dt  compute type of matrix products: 6 float32, 15 bfloat16. Norms and the residual stream stay float32.

def linear(w: Dict[str, Tensor], p: str, x: Tensor, dt: int) -> Tensor:
  return __torch__.affine(x, w[p + ".weight"], w[p + ".bias"], dt)

# A 1x1 convolution over tokens: [.., in] -> [.., out].
def pointwise(w: Dict[str, Tensor], p: str, x: Tensor, dt: int) -> Tensor:
  m = torch.flatten(torch.to(w[p + ".weight"], dt), 1)
  b = annotate(Optional[Tensor], None)
  if torch.__contains__(w, p + ".bias"):
    b = w[p + ".bias"]
  return __torch__.affine(x, m, b, dt)

# LayerNorm without weights, in float32.
def norm(x: Tensor) -> Tensor:
  return torch.layer_norm(torch.to(x, 6), [torch.size(x, -1)], None, None, 1e-6)

def affine_norm(w: Dict[str, Tensor], p: str, x: Tensor) -> Tensor:
  return torch.layer_norm(torch.to(x, 6), [torch.size(x, -1)], w[p + ".weight"], w[p + ".bias"], 1e-6)

# [B, N, D] -> [B, H, N, 64]
def heads(x: Tensor) -> Tensor:
  return torch.transpose(torch.view(x, [torch.size(x, 0), torch.size(x, 1), -1, 64]), 1, 2)

# x [B, H, N, 64] float32; rope [N, 32, 2] holds (cos, sin); adjacent channels are the pairs.
def rotate(x: Tensor, rope: Tensor) -> Tensor:
  pairs = torch.view_as_complex(torch.reshape(x, [torch.size(x, 0), torch.size(x, 1), torch.size(x, 2), 32, 2]))
  return torch.flatten(torch.view_as_real(pairs * torch.view_as_complex(rope)), 3)

# LayerNorm over the head, then rotation: [B, N, D] -> [B, H, N, 64] in the compute type.
def normed_heads(w: Dict[str, Tensor], p: str, x: Tensor, rope: Optional[Tensor], dt: int) -> Tensor:
  h = __torch__.affine_norm(w, p, __torch__.heads(x))
  if rope is not None:
    h = __torch__.rotate(h, rope)
  return torch.to(h, dt)

# q [B, H, N, E], k [B, H, M, E], mask [N, M] of what is seen -> [B, H, N, M]: the attention weights.
# Softmax computes in float32 in either type.
def attention_weights(q: Tensor, k: Tensor, mask: Optional[Tensor]) -> Tensor:
  scores = torch.matmul(q * torch.pow(torch.size(q, 3), -0.5), torch.transpose(k, 2, 3))
  if mask is not None:
    scores = torch.masked_fill(scores, torch.logical_not(mask), -1e30)
  return torch.softmax(scores, -1)

# Softmax attention of heads by its products; v [B, H, M, E] -> [B, H, N, E]
def products(q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor]) -> Tensor:
  return torch.matmul(__torch__.attention_weights(q, k, mask), v)

# The same without gradients, some images or some queries of one image at a time: 4M scores stay in the caches, and
# large batches need no more memory.
def products_in_pieces(q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor]) -> Tensor:
  scores = torch.size(q, 1) * torch.size(k, 2)
  queries = min(torch.size(q, 2), max(1, torch.floordiv(4194304, scores)))
  images = max(1, torch.floordiv(4194304, scores * torch.size(q, 2)))
  out = annotate(List[Tensor], [])
  for qs, ks, vs in zip(torch.split(q, images), torch.split(k, images), torch.split(v, images)):
    pieces = annotate(List[Tensor], [])
    start = 0
    for piece in torch.split(qs, queries, 2):
      end = start + torch.size(piece, 2)
      seen = mask
      if seen is not None:
        seen = torch.slice(seen, 0, start, end)
      pieces.append(__torch__.products(piece, ks, vs, seen))
      start = end
    out.append(torch.cat(pieces, 2))
  return torch.cat(out)

# Softmax attention of heads, shapes as above. On a processor libtorch's fused kernel is not always the fastest: in bfloat16 its
# products don't reach the processor's bfloat16 arithmetic (a third of the speed), and its backward pass is slow where
# sequences are short: one by one they take a twelfth (256 tokens) to a sixth (64) off a whole step in float32.
def attend(q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor], causal: bool) -> Tensor:
  n = torch.size(q, 2)
  m = torch.size(k, 2)
  training = torch.is_grad_enabled()
  short = training and n * m <= 65536
  if q.is_cuda or ops.prim.dtype(q) == 6 and not short:
    return torch.scaled_dot_product_attention(q, k, v, mask, 0., causal)
  if causal:
    mask = torch.tril(torch.ones([n, m], dtype=11, device=q.device))
  if training:
    return __torch__.products(q, k, v, mask)
  return __torch__.products_in_pieces(q, k, v, mask)

# xq [B, N, D] asks, xk [B, M, D] answers: -> [B, N, D]
def attention(w: Dict[str, Tensor], p: str, xq: Tensor, xk: Tensor, rope_q: Optional[Tensor], rope_k: Optional[Tensor], mask: Optional[Tensor], causal: bool, dt: int) -> Tensor:
  q = __torch__.normed_heads(w, p + ".q_norm", __torch__.linear(w, p + ".q", xq, dt), rope_q, dt)
  k = __torch__.normed_heads(w, p + ".k_norm", __torch__.linear(w, p + ".k", xk, dt), rope_k, dt)
  v = __torch__.heads(__torch__.linear(w, p + ".v", xk, dt))
  x = __torch__.attend(q, k, v, mask, causal)
  x = torch.flatten(torch.transpose(x, 1, 2), 2)
  return __torch__.linear(w, p + ".proj", x, dt)

def mlp(w: Dict[str, Tensor], p: str, x: Tensor, dt: int) -> Tensor:
  return __torch__.linear(w, p + ".fc2", torch.silu(__torch__.linear(w, p + ".fc1", x, dt)), dt)

# The gated block of encoder and condition decoder: [B, N, D] -> [B, N, D]
def transformer_block(w: Dict[str, Tensor], p: str, x: Tensor, rope: Optional[Tensor], mask: Optional[Tensor], causal: bool, dt: int) -> Tensor:
  h = torch.to(__torch__.affine_norm(w, p + ".norm1", x), dt)
  x = x + w[p + ".gate1"] * __torch__.attention(w, p + ".attention", h, h, rope, rope, mask, causal, dt)
  h = torch.to(__torch__.affine_norm(w, p + ".norm2", x), dt)
  return x + w[p + ".gate2"] * __torch__.mlp(w, p + ".mlp", h, dt)

# Every weight as a leaf that records gradients.
def leaves(w: Dict[str, Tensor]) -> Dict[str, Tensor]:
  out = annotate(Dict[str, Tensor], {})
  for k in torch.keys(w):
    leaf = torch.detach(w[k])
    out[k] = torch.requires_grad_(leaf)
  return out

# Adds d loss / d leaf to the gradients g, by name. Leaves that the loss does not reach keep theirs.
def add_gradients(loss: Tensor, leaves: Dict[str, Tensor], g: Dict[str, Tensor]) -> None:
  names = torch.keys(leaves)
  inputs = annotate(List[Tensor], [])
  for name in names:
    inputs.append(leaves[name])
  grads = torch.autograd.grad([loss], inputs, None, False, False, True)
  for i in range(torch.len(names)):
    grad = grads[i]
    if grad is not None:
      torch.add_(g[names[i]], grad)
