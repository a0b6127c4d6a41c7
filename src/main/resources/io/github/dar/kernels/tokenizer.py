# The D-AR tokenizer (method.md sections 3 to 7; vq_model.py and diff_decoder.py of the reference).
# Shapes: B images, P patches, N tokens, Q tokens a step, D width, T = h*w pixel patches of the decoder.

class Kernel(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  dt : int
  encoder_layers : int
  decoder_layers : int
  depth : int
  queries : int
  queries_per_step : int
  patch : int
  repa_layer : int
  low_rank : bool
  vq : bool
  mlp_head : bool
  share_time : bool
  data_std : float
  time_shift : float
  checkpointing : bool
  lpips_dropout : float
  gan_layers : int
  gan_kind : int
  w : Dict[str, Tensor]

  # Keeps these weights for the calls that don't bring their own, in place of those that it has of the same names.
  def load(self: __torch__.Kernel, w: Dict[str, Tensor]) -> Tensor:
    for k in torch.keys(w):
      weight = w[k]
      if torch.find(k, "embedding") < 0:
        if torch.dim(weight) == 2:
          weight = __torch__.kept(weight, self.dt)
        elif torch.dim(weight) > 2:
          weight = torch.to(weight, self.dt)
      self.w[k] = weight
    return torch.tensor(torch.len(w))

  # Block i of the stack p. context: of the encoder rope and mask; of the condition decoder nothing; of the diffusion
  # decoder condition, time and rope, as `sit_block` takes them.
  def block(self: __torch__.Kernel, w: Dict[str, Tensor], p: str, i: int, x: Tensor, context: List[Tensor]) -> Tensor:
    name = p + "." + str(i)
    if p == "encoder_layers":
      return __torch__.transformer_block(w, name, x, context[0], context[1], False, self.dt)
    if p == "decoder_layers":
      return __torch__.transformer_block(w, name, x, None, None, True, self.dt)
    return self.sit_block(w, name, x, context[0], context[1], context[2])

  # ---- Encoder -------------------------------------------------------------------------------

  # image [B, 3, H, W] -> patches after their norm [B, P, D]
  def patches(self: __torch__.Kernel, w: Dict[str, Tensor], image: Tensor) -> Tensor:
    x = __torch__.pointwise(w, "patchify", self.to_patches(image, torch.size(w["patchify.weight"], 2)), self.dt)
    return __torch__.norm(x)

  # rope [P + N, 32, 2], the identity for queries -> latents [B, N, vq_dim] float32
  def latents(self: __torch__.Kernel, w: Dict[str, Tensor], image: Tensor, rope: Tensor, tape: __torch__.Tape) -> Tensor:
    patches = self.patches(w, image)
    batch = torch.size(patches, 0)
    count = torch.size(patches, 1)
    q = torch.slice(w["query_embedding.weight"], 0, 0, self.queries)
    if self.low_rank:
      q = __torch__.linear(w, "query_linear", q, self.dt)
    q = torch.expand(torch.unsqueeze(torch.to(q, 6), 0), [batch, -1, -1])
    x = torch.cat([patches, q], 1)
    total = count + self.queries
    # Every token sees every patch; a query also sees the queries up to itself.
    mask = torch.tril(torch.ones([total, total], dtype=11, device=x.device))
    torch.fill_(torch.slice(mask, 1, 0, count), True)
    x = __torch__.stack(self, w, "encoder_layers", 0, self.encoder_layers, x, [rope, mask], tape)
    x = __torch__.norm(torch.slice(x, 1, count))
    return torch.to(__torch__.pointwise(w, "quant_in_conv", x, self.dt), 6)

  # ---- Quantizer, in float32 -----------------------------------------------------------------

  def unit(self: __torch__.Kernel, x: Tensor) -> Tensor:
    return x / torch.clamp_min(torch.norm(x, 2, [-1], True), 1e-12)

  # unit latents z [B, N, C], unit codebook e [V, C] -> codes [B, N]
  def nearest(self: __torch__.Kernel, z: Tensor, e: Tensor) -> Tensor:
    flat = torch.flatten(z, 0, 1)
    d = torch.sum(flat * flat, [1], True) + torch.sum(e * e, [1]) - 2 * torch.matmul(flat, torch.t(e))
    return torch.view(torch.argmin(d, 1), [torch.size(z, 0), torch.size(z, 1)])

  # ---- Condition decoder ---------------------------------------------------------------------

  # quantized [B, N, C] -> condition [B, N, D]
  def conditions(self: __torch__.Kernel, w: Dict[str, Tensor], quantized: Tensor, tape: __torch__.Tape) -> Tensor:
    x = torch.to(__torch__.pointwise(w, "quant_out_conv", quantized, self.dt), 6)
    x = x + torch.slice(w["decoder_embedding.weight"], 0, 0, torch.size(quantized, 1))
    return __torch__.norm(__torch__.stack(self, w, "decoder_layers", 0, self.decoder_layers, x, annotate(List[Tensor], []), tape))

  # The same for the tokens start .. start+n-1 alone: codes [B, n] -> [B, n, D]. Keys and values of all
  # tokens so far lie in the caches, two a layer, [B, H, N, 64] in the compute type; new ones are added.
  def condition_increment(self: __torch__.Kernel, codes: Tensor, start: int, caches: List[Tensor]) -> Tensor:
    w = self.w
    dt = self.dt
    n = torch.size(codes, 1)
    quantized = torch.embedding(self.unit(w["quantize.embedding.weight"]), codes)
    x = torch.to(__torch__.pointwise(w, "quant_out_conv", quantized, dt), 6)
    x = x + torch.slice(w["decoder_embedding.weight"], 0, start, start + n)
    mask = torch.tril(torch.ones([n, start + n], dtype=11, device=x.device), start)
    for i in range(self.decoder_layers):
      p = "decoder_layers." + str(i)
      a = p + ".attention"
      h = torch.to(__torch__.affine_norm(w, p + ".norm1", x), dt)
      q = __torch__.normed_heads(w, a + ".q_norm", __torch__.linear(w, a + ".q", h, dt), None, dt)
      k = __torch__.normed_heads(w, a + ".k_norm", __torch__.linear(w, a + ".k", h, dt), None, dt)
      v = __torch__.heads(__torch__.linear(w, a + ".v", h, dt))
      torch.copy_(torch.slice(caches[2 * i], 2, start, start + n), k)
      torch.copy_(torch.slice(caches[2 * i + 1], 2, start, start + n), v)
      keys = torch.slice(caches[2 * i], 2, 0, start + n)
      values = torch.slice(caches[2 * i + 1], 2, 0, start + n)
      o = __torch__.attend(q, keys, values, mask, False)
      o = __torch__.linear(w, a + ".proj", torch.flatten(torch.transpose(o, 1, 2), 2), dt)
      x = x + w[p + ".gate1"] * o
      h = torch.to(__torch__.affine_norm(w, p + ".norm2", x), dt)
      x = x + w[p + ".gate2"] * __torch__.mlp(w, p + ".mlp", h, dt)
    return __torch__.norm(x)

  # ---- Diffusion decoder ---------------------------------------------------------------------

  # t [B] in [0, 1] -> [B, D]: cosines first. Float32 as in the reference: one unit in the last place shows.
  def sinusoid(self: __torch__.Kernel, t: Tensor, width: int) -> Tensor:
    half = torch.floordiv(width, 2)
    f = torch.exp(torch.arange(half, dtype=6, device=t.device) * -9.210340371976184 / half)
    a = torch.unsqueeze(t * 1000, 1) * torch.unsqueeze(f, 0)
    return torch.cat([torch.cos(a), torch.sin(a)], -1)

  def time_embedding(self: __torch__.Kernel, w: Dict[str, Tensor], p: str, s: Tensor) -> Tensor:
    return __torch__.linear(w, p + ".mlp.2", torch.silu(__torch__.linear(w, p + ".mlp.0", s, self.dt)), self.dt)

  # x [B, T, D]; c [B, Q, D] normed condition; t [B, D]: sinusoids, or the shared embedding
  def sit_block(self: __torch__.Kernel, w: Dict[str, Tensor], p: str, x: Tensor, c: Tensor, t: Tensor, rope: Tensor) -> Tensor:
    dt = self.dt
    if not self.share_time:
      t = self.time_embedding(w, p + ".time_embed", t)
    c = __torch__.linear(w, p + ".cond_embed.2", torch.silu(__torch__.linear(w, p + ".cond_embed.0", c, dt)), dt)
    c = torch.to(__torch__.norm(c), dt)
    h = __torch__.norm(x)
    s = __torch__.attention(w, p + ".cross_attn", torch.to(h, dt), c, rope, None, None, False, dt)
    m = torch.silu(torch.unsqueeze(t, 1) + s)
    m = __torch__.linear(w, p + ".adaLN_modulation.1", m, dt)
    shift1, scale1, gate1, shift2, scale2, gate2, = torch.chunk(m, 6, -1)
    h = torch.to(torch.addcmul(h, h, torch.to(scale1, 6)) + shift1, dt)
    x = x + gate1 * __torch__.attention(w, p + ".attention", h, h, rope, rope, None, False, dt)
    h = __torch__.norm(x)
    h = torch.to(torch.addcmul(h, h, torch.to(scale2, 6)) + shift2, dt)
    return x + gate2 * __torch__.mlp(w, p + ".mlp", h, dt)

  # [B, 3, H, W] -> [B, T, 3*p*p], channel order (c, p1, p2)
  def to_patches(self: __torch__.Kernel, x: Tensor, p: int) -> Tensor:
    b, c, hh, ww, = torch.size(x)
    x = torch.reshape(x, [b, c, torch.floordiv(hh, p), p, torch.floordiv(ww, p), p])
    return torch.reshape(torch.permute(x, [0, 2, 4, 1, 3, 5]), [b, -1, c * p * p])

  def to_image(self: __torch__.Kernel, x: Tensor, height: int, width: int) -> Tensor:
    p = self.patch
    h = torch.floordiv(height, p)
    x = torch.reshape(x, [torch.size(x, 0), h, torch.floordiv(width, p), -1, p, p])
    return torch.reshape(torch.permute(x, [0, 3, 1, 4, 2, 5]), [torch.size(x, 0), -1, height, width])

  # x_t [B, 3, H, W], flow time t [B], condition of the step [B, Q, D], rope [T, 32, 2]
  # -> velocity [B, 3, H, W] and the tokens that enter the REPA layer [B, T, D] (empty where there is none)
  def core(self: __torch__.Kernel, w: Dict[str, Tensor], xt: Tensor, t: Tensor, cond: Tensor, rope: Tensor, tape: __torch__.Tape) -> Tuple[Tensor, Tensor]:
    n = "diff_decoder.net."
    c = __torch__.norm(__torch__.linear(w, n + "cond_mlp", cond, self.dt))
    x = torch.to(__torch__.pointwise(w, n + "conv_in", self.to_patches(xt, self.patch), self.dt), 6)
    s = self.sinusoid(t, torch.size(x, -1))
    if self.share_time:
      s = self.time_embedding(w, n + "time_embed", s)
    repa = torch.zeros([0], device=x.device)
    first = 0
    if self.repa_layer < self.depth:
      first = self.repa_layer
      x = __torch__.stack(self, w, n + "blocks", 0, first, x, [c, s, rope], tape)
      repa = x
    x = __torch__.stack(self, w, n + "blocks", first, self.depth, x, [c, s, rope], tape)
    x = __torch__.norm(x)
    if self.mlp_head:
      m = __torch__.linear(w, n + "linear_out.adaLN_modulation.1", torch.silu(s), self.dt)
      shift, scale, = torch.chunk(torch.unsqueeze(torch.to(m, 6), 1), 2, -1)
      h = __torch__.norm(x)
      x = __torch__.linear(w, n + "linear_out.linear", h * (1 + scale) + shift, self.dt)
    else:
      x = __torch__.pointwise(w, n + "conv_out", x, self.dt)
    v = self.to_image(torch.to(x, 6), torch.size(xt, 2), torch.size(xt, 3))
    return (v, repa)

  # ---- Entry points for inference ------------------------------------------------------------

  # -> latents [B, N, C] and, with a codebook, codes [B, N]
  def encode(self: __torch__.Kernel, image: Tensor, rope: Tensor) -> List[Tensor]:
    z = self.latents(self.w, image, rope, __torch__.tape())
    out = [z]
    if self.vq:
      out.append(self.nearest(self.unit(z), self.unit(self.w["quantize.embedding.weight"])))
    return out

  # codes [B, N] -> unit codebook rows [B, N, C]
  def entries(self: __torch__.Kernel, codes: Tensor) -> Tensor:
    return torch.embedding(self.unit(self.w["quantize.embedding.weight"]), codes)

  # What the decoder gets in evaluation: z + (e - z), rounding included; without a codebook the unit latents.
  def quantize(self: __torch__.Kernel, latents: Tensor) -> Tensor:
    z = self.unit(latents)
    if not self.vq:
      return z
    e = self.unit(self.w["quantize.embedding.weight"])
    return z + (torch.embedding(e, self.nearest(z, e)) - z)

  def condition(self: __torch__.Kernel, quantized: Tensor) -> Tensor:
    return self.conditions(self.w, quantized, __torch__.tape())

  def velocity(self: __torch__.Kernel, xt: Tensor, t: Tensor, cond: Tensor, rope: Tensor) -> Tensor:
    v, r, = self.core(self.w, xt, t, cond, rope, __torch__.tape())
    return v

  # Projected features for REPA from the tokens entering its layer, pooled by `stride`: [B, T', 768]
  def repa(self: __torch__.Kernel, w: Dict[str, Tensor], tokens: Tensor, height: int, width: int, stride: int) -> Tensor:
    x = torch.view(torch.transpose(tokens, 1, 2), [torch.size(tokens, 0), -1, height, width])
    x = torch.avg_pool2d(x, [stride, stride], [stride, stride])
    x = torch.transpose(torch.flatten(x, 2), 1, 2)
    p = "diff_decoder.net.repa_out."
    x = torch.silu(__torch__.linear(w, p + "0", x, self.dt))
    x = torch.silu(__torch__.linear(w, p + "2", x, self.dt))
    return __torch__.linear(w, p + "4", x, self.dt)

  def velocity_and_repa(self: __torch__.Kernel, xt: Tensor, t: Tensor, cond: Tensor, rope: Tensor, height: int, width: int, stride: int) -> Tuple[Tensor, Tensor]:
    v, r, = self.core(self.w, xt, t, cond, rope, __torch__.tape())
    return (v, self.repa(self.w, r, height, width, stride))

  # ---- Training ------------------------------------------------------------------------------

  # latents [B, N, C]; codebook e [V, C]; last [B * K, 1] the last token that each of an image's K steps uses; seen [] how
  # many tokens these are; assignments [V] of the whole batch where this is a part of it, else [0]
  # -> codes [B, N], straight-through output [B, N, C], codebook loss, weighted commitment and entropy losses
  def quantizer_losses(self: __torch__.Kernel, latents: Tensor, codebook: Tensor, last: Tensor, seen: Tensor, assignments: Tensor, weights: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    z = self.unit(latents)
    e = self.unit(codebook)
    codes = self.nearest(torch.detach(z), torch.detach(e))
    q = torch.embedding(e, codes)
    # Only tokens that the sampled step can have seen are pulled together (vq_model.py, loss_mask).
    mask = torch.to(torch.le(torch.arange(torch.size(z, 1), device=last.device), last), 6)
    mask = torch.sum(torch.view(mask, [torch.size(z, 0), -1, torch.size(z, 1)]), [1])
    to_codes = q - torch.detach(z)
    to_latents = torch.detach(q) - z
    vq = torch.sum(torch.mean(to_codes * to_codes, [-1]) * mask) / seen
    commit = weights[1] * torch.sum(torch.mean(to_latents * to_latents, [-1]) * mask) / seen
    entropy = torch.zeros([], device=z.device)
    if bool(weights[3] > 0):
      entropy = weights[3] * self.entropy(torch.flatten(z, 0, 1), e, assignments)
    return (codes, z + torch.detach(q - z), vq, commit, entropy)

  # How near each code is to each latent, as logits: temperature 0.01. z [n, C], e [V, C] -> [n, V]
  def affinity(self: __torch__.Kernel, z: Tensor, e: Tensor) -> Tensor:
    d = torch.sum(z * z, [1], True) + torch.sum(e * e, [1]) - 2 * torch.matmul(z, torch.t(e))
    return -d / 0.01

  # Sure of each token, even over the codebook (vq_model.py, compute_entropy_loss).
  def entropy(self: __torch__.Kernel, z: Tensor, e: Tensor, assignments: Tensor) -> Tensor:
    a = self.affinity(z, e)
    p = torch.softmax(a, -1)
    m = torch.mean(p, [0])
    of_sample = -torch.mean(torch.sum(p * torch.log_softmax(a + 1e-5, -1), [-1]))
    if torch.numel(assignments) == 0:
      return of_sample + torch.sum(m * torch.log(m + 1e-5))
    # The batch's entropy is not the mean of those of its parts. Its tangent is, and has the same value and gradient.
    log = torch.log(assignments + 1e-5)
    slope = log + assignments / (assignments + 1e-5)
    return of_sample + torch.sum(assignments * log) + torch.sum(slope * (m - torch.detach(m)))

  # What `entropy` takes of a batch in parts: the mean assignment of one part to each code, [V].
  def assignments(self: __torch__.Kernel, image: Tensor, rope: Tensor, masters: Dict[str, Tensor]) -> Tensor:
    z = torch.flatten(self.unit(self.latents(masters, image, rope, __torch__.tape())), 0, 1)
    return torch.mean(torch.softmax(self.affinity(z, self.unit(masters["quantize.embedding.weight"])), -1), [0])

  # The quantizer alone: its losses, and the gradients of them and of sum(output * probe), for tests.
  def quantizer_gradients(self: __torch__.Kernel, latents: Tensor, codebook: Tensor, last: Tensor, weights: Tensor, probe: Tensor) -> List[Tensor]:
    z = torch.requires_grad_(torch.detach(latents))
    e = torch.requires_grad_(torch.detach(codebook))
    seen = torch.to(torch.sum(last + 1), 6)
    codes, out, vq, commit, entropy, = self.quantizer_losses(z, e, last, seen, torch.zeros([0], device=z.device), weights)
    grads = torch.autograd.grad([vq + commit + entropy + torch.sum(out * probe)], [z, e])
    result = [codes, torch.detach(out), torch.detach(torch.stack([vq, commit, entropy]))]
    for grad in grads:
      if grad is not None:
        result.append(grad)
    return result

  # What other networks say (method.md section 11), for the weights of the losses as in `gradients`: the perceptual
  # distance of the estimate, how far the tokens r [B, T, D] point from DINOv2's features, the discriminator's verdict on
  # the estimate. judges: the weights of VGG16 and the discriminator, `repa_features` [B, 256, 768], and `seeds` [B] of
  # LPIPS's dropout or none; each only if its loss counts.
  # -> the three losses, and their weighted sum
  def judged(self: __torch__.Kernel, w: Dict[str, Tensor], image: Tensor, estimate: Tensor, t: Tensor, r: Tensor, judges: Dict[str, Tensor], weights: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
    zero = torch.zeros([], device=image.device)
    distance, apart, verdict, total, = (zero, zero, zero, zero)
    # What VGG16 and the discriminator keep of their layers goes as soon as the estimate has its gradient.
    leaf = torch.requires_grad_(torch.detach(estimate))
    if bool(weights[4] != 0):
      distances = __torch__.lpips(judges, image, leaf, self.lpips_dropout, judges["seeds"], self.dt)
      distance = torch.mean(torch.detach(distances))
      total = total + __torch__.perceptual_loss(distances, t, weights[4])
    if bool(weights[6] > 0):
      verdict = __torch__.generator_loss(self.gan_kind, __torch__.discriminate(judges, leaf, t, self.gan_layers, self.dt))
      total = total + weights[6] * verdict
    if total.requires_grad:
      pull = torch.autograd.grad([total], [leaf])[0]
      total = torch.detach(total)
      if pull is not None:
        along = torch.sum(estimate * pull)
        total = total + (along - torch.detach(along))
    if bool(weights[5] > 0):
      height = torch.floordiv(torch.size(image, 2), self.patch)
      width = torch.floordiv(torch.size(image, 3), self.patch)
      stride = max(1, torch.floordiv(height, 16))
      features = __torch__.repa_grid(judges["repa_features"], torch.floordiv(height, stride), torch.floordiv(width, stride))
      apart = __torch__.repa_loss(features, self.repa(w, r, height, width, stride))
      total = total + weights[5] * apart
    return (distance, torch.detach(apart), torch.detach(verdict), total)

  # One micro-batch: adds `scale` times the gradients of the loss to g.
  # image [B, 3, H, W], encoded once and noised at K times: x0 [B * K, 3, H, W]; time [B * K] unshifted in [0, 1); begin
  # [B * K] first token of each window; seen and assignments as in `quantizer_losses`, seen being the micro-batch's share of the batch's; weights of the codebook,
  # commitment, flow, entropy, perceptual, alignment and adversarial losses [7]; judges as in `judged`.
  # -> losses [total, vq, commit, entropy, flow, perceptual, alignment, adversarial], codes [B, N], x_t / data_std, estimate of the image [B * K, 3, H, W]
  def gradients(self: __torch__.Kernel, image: Tensor, x0: Tensor, time: Tensor, begin: Tensor, rope_encoder: Tensor, rope_decoder: Tensor, scale: Tensor, seen: Tensor, assignments: Tensor, weights: Tensor, judges: Dict[str, Tensor], masters: Dict[str, Tensor], g: Dict[str, Tensor]) -> List[Tensor]:
    w = __torch__.leaves(masters)
    tape = __torch__.tape()
    latents = self.latents(w, image, rope_encoder, tape)
    batch = torch.size(latents, 0)
    draws = torch.floordiv(torch.size(time, 0), batch)
    window = torch.unsqueeze(begin, 1) + torch.arange(self.queries_per_step, device=begin.device)
    zero = torch.zeros([], device=image.device)
    vq, commit, entropy, = (zero, zero, zero)
    codes = torch.zeros([batch, 0], dtype=4, device=image.device)
    if self.vq:
      last = torch.unsqueeze(begin, 1) + (self.queries_per_step - 1)
      codes, quantized, vq, commit, entropy, = self.quantizer_losses(latents, w["quantize.embedding.weight"], last, seen, assignments, weights)
    else:
      quantized = self.unit(latents)
    cond = self.conditions(w, quantized, tape)
    if draws > 1:
      cond = torch.repeat_interleave(cond, draws, 0)
      image = torch.repeat_interleave(image, draws, 0)
    index = torch.expand(torch.unsqueeze(window, -1), [-1, -1, torch.size(cond, -1)])
    cond = torch.gather(cond, 1, index)
    t = time / (time + self.time_shift * (1 - time))
    t4 = torch.view(t, [-1, 1, 1, 1])
    x1 = image * self.data_std
    xt = t4 * x1 + (1 - t4) * x0
    v, r, = self.core(w, xt, t, cond, rope_decoder, tape)
    miss = v - (x1 - x0)
    flow = torch.mean(miss * miss) / (self.data_std * self.data_std)
    estimate = (xt + v * (1 - t4)) / self.data_std
    distance, apart, verdict, judgement, = self.judged(w, image, estimate, t, r, judges, weights)
    total = weights[0] * vq + commit + entropy + weights[2] * flow + judgement
    __torch__.backward(self, total * scale, w, tape, g)
    losses = torch.stack([torch.detach(total), torch.detach(vq), torch.detach(commit), torch.detach(entropy), torch.detach(flow), distance, apart, verdict])
    return [losses, codes, xt / self.data_std, torch.detach(estimate)]
