# Dropout whose draws belong to the image (design.md, Randomness): a function of the image's seed, the place in the
# network and the element alone. So they are the same in any batch, on any device, and when a block is computed again.

# SplitMix64 (Steele, Lea, Flood 2014) gives 64 bits for four elements; hence p counts in steps of 2^-16.
# seeds [B], count elements an image -> whether each falls, with probability p: bool [B, count]
def dropped(seeds: Tensor, site: int, count: int, p: float) -> Tensor:
  words = torch.arange(torch.floordiv(count + 3, 4), dtype=4, device=seeds.device)
  z = torch.unsqueeze(seeds, 1) + (words + (site << 32)) * -7046029254386353131
  z = torch.mul_(torch.bitwise_xor_(z, torch.bitwise_and_(z >> 30, 17179869183)), -4658895280553007687)
  z = torch.mul_(torch.bitwise_xor_(z, torch.bitwise_and_(z >> 27, 137438953471)), -7723592293110705685)
  z = torch.bitwise_xor_(z, torch.bitwise_and_(z >> 31, 8589934591))
  lanes = torch.slice(ops.aten.view_copy(z, dtype=2), 1, 0, count)
  return torch.lt(lanes, int(torch.round(p * 65536)) - 32768)

# Zeroes elements with probability p and scales up the rest; `shape` says of what: each element, or whole images
# ([B, 1, 1]). Without seeds nothing falls.
def drop(x: Tensor, p: float, shape: List[int], seeds: Tensor, site: int) -> Tensor:
  if p == 0. or torch.size(seeds, 0) == 0:
    return x
  count = 1
  for size in torch.slice(shape, 1):
    count = count * size
  fallen = torch.view(__torch__.dropped(seeds, site, count, p), shape)
  return torch.masked_fill(x, fallen, 0.) * (1. / (1. - p))
