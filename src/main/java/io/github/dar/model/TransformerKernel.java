package io.github.dar.model;

import ai.djl.ndarray.NDManager;
import io.github.dar.config.DropoutConfig;
import io.github.dar.config.TransformerConfig;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Kernel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts the transformer's kernel together: its texts and what of the configuration is fixed in it.
 */
final class TransformerKernel {

  private TransformerKernel() {}

  static Kernel load(
      Compute compute, NDManager manager, TransformerConfig config, boolean checkpointing) {
    Map<String, Object> attributes = attributes(compute, config);
    attributes.put("checkpointing", checkpointing);
    List<String> texts = new ArrayList<>();
    texts.add(Kernel.linear(compute));
    texts.addAll(List.of("blocks", "checkpointing", "dropout", "sampling"));
    texts.addAll(products(compute));
    texts.addAll(List.of("transformer_layers", "transformer"));
    return Kernel.load(manager, attributes, texts.toArray(String[]::new));
  }

  /** The texts that multiply by a matrix. */
  private static List<String> products(Compute compute) {
    if (compute.int8Weights()) {
      // Without that instruction FBGEMM adds pairs of products up in 16 bits: too few.
      return List.of("int8", compute.multipliesBytes() ? "products_int8_exact" : "products_int8");
    }
    return List.of(compute.multipliesHalfFloats() ? "products_fp16" : "products");
  }

  private static Map<String, Object> attributes(Compute compute, TransformerConfig config) {
    DropoutConfig dropout = config.dropout();
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("dt", compute.dtype());
    out.put("layers", config.nLayer());
    out.put("heads", config.nHead());
    out.put("kv_heads", config.nKvHead());
    out.put("null_class", config.sequence().numClasses());
    out.put("eps", config.normEps());
    out.put("token_dropout", dropout.tokenDropoutP());
    out.put("attn_dropout", dropout.attnDropoutP());
    out.put("resid_dropout", dropout.residDropoutP());
    out.put("ffn_dropout", dropout.ffnDropoutP());
    out.put("drop_path", dropout.dropPathRate());
    out.put("w", Map.of());
    out.put("packed", Map.of());
    out.put("packing", Map.of());
    return out;
  }
}
