# The same as products.py with matrices of 8-bit integers for inference: each output has a scale. Few rows are bound by
# reading the matrix, and these are the fewest bytes.

def matrix(w: Dict[str, Tensor], name: str, x: Tensor, dt: int) -> Tensor:
  q = name + ".weight_int8"
  if not torch.__contains__(w, q):
    return torch.linear(torch.to(x, dt), torch.to(w[name + ".weight"], dt))
  size = torch.size(x)
  # bfloat16 on both ways and for any number of rows, so that a token depends on the batch as little as can be.
  rows = torch.to(torch.reshape(x, [-1, size[-1]]), 15)
  scale = w[name + ".weight_scale"]
  if torch.size(rows, 0) <= 8 and not x.is_cuda:
    # libtorch has a fast form of it for bfloat16 only, which also helps where the processor has no bfloat16.
    y = torch._weight_int8pack_mm(torch.contiguous(rows), w[q], scale)
  else:
    # The integers are exact in either type. This way round the product was faster up to 64 rows, and not slower beyond.
    y = torch.t(torch.mm(torch.to(w[q], dt), torch.t(torch.to(rows, dt))))
    y = torch.contiguous(torch.to(y * torch.to(scale, dt), 15))
  return torch.reshape(torch.to(y, dt), torch.slice(size, 0, -1) + [-1])

# Rounds to the nearest of 255 steps. The scale is a bfloat16 number not below the exact one, so that no value is cut off
# and the scale itself adds no error.
def prepared(w: Dict[str, Tensor]) -> Dict[str, Tensor]:
  out = annotate(Dict[str, Tensor], {})
  for k in torch.keys(w):
    if torch.dim(w[k]) == 2 and torch.find(k, "embedding") < 0:
      m = torch.to(w[k], 6)
      exact = torch.clamp_min(torch.amax(torch.abs(m), [1]) / 127., 1e-30)
      scale = torch.to(exact, 15)
      scale = torch.where(torch.lt(torch.to(scale, 6), exact), torch.to(torch.to(scale, 6) * 1.0078125, 15), scale)
      out[k + "_int8"] = torch.to(torch.round(m / torch.unsqueeze(torch.to(scale, 6), 1)), 1)
      out[k + "_scale"] = scale
    else:
      out[k] = w[k]
  return out
