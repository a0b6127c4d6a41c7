# A matrix as 8-bit integers, each output with a scale: [out, in] -> integers of the same shape, scales [out].
# Rounds to the nearest of 255 steps. The scale is a bfloat16 number not below the exact one, so that no value is cut off
# and the scale itself adds no error where it has to be bfloat16.
def in_int8(w: Tensor) -> Tuple[Tensor, Tensor]:
  m = torch.to(w, 6)
  exact = torch.clamp_min(torch.amax(torch.abs(m), [1]) / 127., 1e-30)
  scale = torch.to(exact, 15)
  scale = torch.where(torch.lt(torch.to(scale, 6), exact), torch.to(torch.to(scale, 6) * 1.005, 15), scale)
  return (torch.to(torch.round_(m / torch.unsqueeze(torch.to(scale, 6), 1)), 1), scale)
