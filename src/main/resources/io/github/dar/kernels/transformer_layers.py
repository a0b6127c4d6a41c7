# The pieces of a layer of the transformer, for whole sequences and for decoding; shapes as in transformer.py. Stands after
# linear.py and products.py, or what takes their place.

# gpt.py, RMSNorm. Its cast back to the type of x changes nothing here: the residual stream is float32.
# The length is one pass over x, forward and back; squares and their mean would be seven. eps [1]
def rms_norm(w: Dict[str, Tensor], p: str, x: Tensor, eps: Tensor) -> Tensor:
  length = torch.linalg_vector_norm(x, 2, [-1], True)
  return x * torch.rsqrt(torch.addcmul(eps, length, length, value=1. / torch.size(x, -1))) * w[p + ".weight"]

# A matrix as inference keeps it.
def matrix_of(weight: Tensor, dt: int) -> __torch__.Matrix:
  matrix = __torch__.Matrix.__new__(__torch__.Matrix)
  _0 = (matrix).__init__(weight, dt, )
  return matrix

# x [.., in] -> [.., out] by a matrix as it is, or as inference keeps it.
def matrix(w: Dict[str, Tensor], packed: Dict[str, __torch__.Matrix], name: str, x: Tensor, dt: int) -> Tensor:
  if torch.__contains__(w, name + ".weight"):
    return __torch__.affine(x, w[name + ".weight"], None, dt)
  return (packed[name]).times(x, dt)

# x [R, n, H*E] -> [R, H, n, E], rotated in float32: turns [n, 1, E/2] complex; adjacent channels are the pairs.
def rotated_heads(x: Tensor, heads: int, turns: Tensor, dt: int) -> Tensor:
  x = torch.reshape(torch.to(x, 6), [torch.size(x, 0), torch.size(x, 1), heads, -1, 2])
  x = torch.view_as_complex(x) * turns
  return torch.to(torch.transpose(torch.flatten(torch.view_as_real(x), 3), 1, 2), dt)

# (cos, sin) of angles, [n, E/2, 2] -> turns
def turns(rope: Tensor) -> Tensor:
  return torch.unsqueeze(torch.view_as_complex(rope), 1)

# x [R, n, D], already normed -> q [R, H, n, E], k and v [R, G, n, E] of the type `kept`
def queries_keys_values(w: Dict[str, Tensor], packed: Dict[str, __torch__.Matrix], p: str, x: Tensor, heads: int, kv_heads: int, turns: Tensor, dt: int, kept: int) -> Tuple[Tensor, Tensor, Tensor]:
  rows = torch.size(x, 0)
  n = torch.size(x, 1)
  size = torch.floordiv(torch.size(x, 2), heads)
  qkv = __torch__.matrix(w, packed, p + ".wqkv", x, dt)
  # One rotation for both: a decoding step is bound by the number of its operations.
  rotated = size * (heads + kv_heads)
  # Split, not sliced: the gradients of slices would each fill a whole tensor with zeros.
  qk, v, = torch.split_with_sizes(qkv, [rotated, torch.size(qkv, 2) - rotated], 2)
  q, k, = torch.split_with_sizes(__torch__.rotated_heads(qk, heads + kv_heads, turns, kept), [heads, kv_heads], 1)
  return (q, k, torch.to(torch.transpose(torch.reshape(v, [rows, n, kv_heads, size]), 1, 2), kept))

def feed_forward(w: Dict[str, Tensor], packed: Dict[str, __torch__.Matrix], p: str, x: Tensor, dt: int) -> Tensor:
  if torch.__contains__(w, p + ".w1.weight"):
    x = torch.to(x, dt)
    gate = __torch__.matrix(w, packed, p + ".w1", x, dt)
    h = __torch__.matrix(w, packed, p + ".w3", x, dt)
  else:
    gate, h, = torch.chunk((packed[p + ".w1_w3"]).times(x, dt), 2, -1)
  h = torch.silu(gate) * h
  return __torch__.matrix(w, packed, p + ".w2", h, dt)
