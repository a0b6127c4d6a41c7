# The same as products.py for a processor with oneDNN: inference keeps the matrices in the order in which oneDNN reads
# them. With few rows a product is bound by reading the matrix: in bfloat16 packed ones are up to twice as fast at one row,
# in float32 nearly three times at four and eight rows.

def matrix(w: Dict[str, Tensor], name: str, x: Tensor, dt: int) -> Tensor:
  packed = name + ".weight_packed"
  if torch.__contains__(w, packed):
    return ops.mkldnn._linear_pointwise(torch.to(x, dt), w[packed], None, "none", annotate(List[Optional[number]], []), "")
  return torch.linear(torch.to(x, dt), torch.to(w[name + ".weight"], dt))

# Packed matrices replace their originals: they take no more memory than these.
def prepared(w: Dict[str, Tensor]) -> Dict[str, Tensor]:
  out = annotate(Dict[str, Tensor], {})
  for k in torch.keys(w):
    if torch.dim(w[k]) == 2 and torch.find(k, "embedding") < 0:
      # The number of rows is a hint: 1, 2 and 32 were as fast as each other at any number.
      out[k + "_packed"] = ops.mkldnn._reorder_linear_weight(w[k], 1)
    else:
      out[k] = w[k]
  return out
