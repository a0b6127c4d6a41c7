# Stacks of blocks, with activation checkpointing or without: with it, of all that a stack computes only the input of
# each block is kept, and on the way back each block is computed again (Chen et al. 2016). Most of the memory of a
# training step goes, for a forward pass more.
#
# A kernel that stacks blocks has the attribute `checkpointing` and the method
#   block(w, p, i, x, context) -> Tensor
# of which block i of the stack p takes the weights p.i.*; the context is what all blocks of a stack share.

# The stacks that have run without being recorded, in order.
class Tape:
  prefixes : List[str]
  first : List[int]           # block
  ends : List[List[Tensor]]   # what went in, x and the context: here recording stops ..
  outs : List[Tensor]         # .. and goes on from these leaves
  inputs : List[List[Tensor]] # of each block

  def __init__(self: __torch__.Tape) -> NoneType:
    self.prefixes = annotate(List[str], [])
    self.first = annotate(List[int], [])
    self.ends = annotate(List[List[Tensor]], [])
    self.outs = annotate(List[Tensor], [])
    self.inputs = annotate(List[List[Tensor]], [])
    return None

def tape() -> __torch__.Tape:
  new = __torch__.Tape.__new__(__torch__.Tape)
  _0 = (new).__init__()
  return new

# The blocks first .. end-1 of a stack.
def stack(kernel: __torch__.Kernel, w: Dict[str, Tensor], p: str, first: int, end: int, x: Tensor, context: List[Tensor], tape: __torch__.Tape) -> Tensor:
  if not kernel.checkpointing or not x.requires_grad or first == end:
    for i in range(first, end):
      x = kernel.block(w, p, i, x, context)
    return x
  ends = [x]
  shared = annotate(List[Tensor], [])
  for c in context:
    ends.append(c)
    shared.append(torch.detach(c))
  # What depends on no leaf is not recorded. Recording stays on: without it attention would take another path.
  detached = annotate(Dict[str, Tensor], {})
  for name in torch.keys(w):
    detached[name] = torch.detach(w[name])
  x = torch.detach(x)
  inputs = annotate(List[Tensor], [])
  for i in range(first, end):
    inputs.append(x)
    x = kernel.block(detached, p, i, x, shared)
  out = torch.requires_grad_(x)
  torch.append(tape.prefixes, p)
  torch.append(tape.first, first)
  torch.append(tape.ends, ends)
  torch.append(tape.outs, out)
  torch.append(tape.inputs, inputs)
  return out

# Adds d loss / d leaf to the gradients g, by name, like `add_gradients`, through the stacks on the tape too.
def backward(kernel: __torch__.Kernel, loss: Tensor, w: Dict[str, Tensor], tape: __torch__.Tape, g: Dict[str, Tensor]) -> None:
  d_outs = annotate(List[Tensor], [])
  for out in tape.outs:
    d_outs.append(torch.zeros_like(out))
  ends = [loss]
  d_ends = [torch.ones_like(loss)]
  stacks = torch.len(tape.outs)
  for back in range(stacks):
    # What lies between two stacks may be passed twice: from the loss and from the stack that follows.
    __torch__.pull(ends, d_ends, tape.outs, d_outs, w, stacks > 1, g)
    k = stacks - 1 - back
    ends = tape.ends[k]
    d_ends = __torch__.pull_stack(kernel, w, tape, k, d_outs[k], g)
  __torch__.pull(ends, d_ends, tape.outs, d_outs, w, False, g)

# Adds the gradients of sum(y * dy) by the tensors x to dx and those by the leaves w to g.
def pull(y: List[Tensor], dy: List[Tensor], x: List[Tensor], dx: List[Tensor], w: Dict[str, Tensor], retain: bool, g: Dict[str, Tensor]) -> None:
  outputs = annotate(List[Tensor], [])
  grads = annotate(List[Optional[Tensor]], [])
  for i in range(torch.len(y)):
    if y[i].requires_grad:
      outputs.append(y[i])
      grads.append(dy[i])
  names = torch.keys(w)
  inputs = annotate(List[Tensor], [])
  for tensor in x:
    inputs.append(tensor)
  for name in names:
    inputs.append(w[name])
  result = torch.autograd.grad(outputs, inputs, grads, retain, False, True)
  count = torch.len(x)
  for i in range(count):
    grad = result[i]
    if grad is not None:
      torch.add_(dx[i], grad)
  for i in range(torch.len(names)):
    grad = result[count + i]
    if grad is not None:
      torch.add_(g[names[i]], grad)

# Back through stack k of the tape: -> gradients of x and of the context (zeros where none is wanted).
def pull_stack(kernel: __torch__.Kernel, w: Dict[str, Tensor], tape: __torch__.Tape, k: int, dy: Tensor, g: Dict[str, Tensor]) -> List[Tensor]:
  p = tape.prefixes[k]
  inputs = tape.inputs[k]
  shared = annotate(List[Tensor], [])
  wanted = annotate(List[Tensor], [])
  d_wanted = annotate(List[Tensor], [])
  d_ends = [dy]
  for c in torch.slice(tape.ends[k], 1):
    d = torch.zeros([0], device=c.device)
    if c.requires_grad:
      c = torch.requires_grad_(torch.detach(c))
      d = torch.zeros_like(c)
      wanted.append(c)
      d_wanted.append(d)
    shared.append(c)
    d_ends.append(d)
  for back in range(torch.len(inputs)):
    x = torch.requires_grad_(torch.pop(inputs))
    i = tape.first[k] + torch.len(inputs)
    own = __torch__.under(w, p + "." + str(i) + ".")
    dx = torch.zeros_like(x)
    leaves = [x]
    d_leaves = [dx]
    for j in range(torch.len(wanted)):
      leaves.append(wanted[j])
      d_leaves.append(d_wanted[j])
    __torch__.pull([kernel.block(w, p, i, x, shared)], [dy], leaves, d_leaves, own, False, g)
    dy = dx
  d_ends[0] = dy
  return d_ends

# The tensors whose names start with p.
def under(w: Dict[str, Tensor], p: str) -> Dict[str, Tensor]:
  out = annotate(Dict[str, Tensor], {})
  for name in torch.keys(w):
    if torch.startswith(name, p):
      out[name] = w[name]
  return out
