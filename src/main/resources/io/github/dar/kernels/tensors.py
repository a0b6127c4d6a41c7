# Bytes in, tensors out: what DJL's NDArray can't do with the dtypes it doesn't know.
# Dtypes are libtorch's numbers: 0 uint8, 1 int8, 2 int16, 3 int32, 4 int64, 5 float16, 6 float32, 7 float64, 11 bool, 15 bfloat16.

class Kernel(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # Writes bytes, elements of `dtype`, into the flat elements from `offset` on, converted to the target's type.
  def fill(self: __torch__.Kernel, target: Tensor, bytes: Tensor, dtype: int, offset: int) -> Tensor:
    values = ops.aten.view_copy(bytes, dtype=dtype)
    torch.copy_(torch.narrow(torch.view(target, [-1]), 0, offset, torch.numel(values)), values)
    return target

  # The same where the elements come as what they are.
  def put(self: __torch__.Kernel, target: Tensor, values: Tensor, offset: int) -> Tensor:
    torch.copy_(torch.narrow(torch.view(target, [-1]), 0, offset, torch.numel(values)), values)
    return target

  # The raw bytes of a tensor, on the CPU.
  def bytes(self: __torch__.Kernel, x: Tensor) -> Tensor:
    flat = torch.reshape(torch.to(torch.detach(x), torch.device("cpu")), [-1])
    return ops.aten.view_copy(torch.contiguous(flat), dtype=0)

  def cast(self: __torch__.Kernel, x: Tensor, dtype: int) -> Tensor:
    return torch.clone(torch.to(x, dtype))

  def copy(self: __torch__.Kernel, x: Tensor) -> Tensor:
    return torch.clone(x)
