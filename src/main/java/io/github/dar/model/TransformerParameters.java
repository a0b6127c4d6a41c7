package io.github.dar.model;

import io.github.dar.config.TransformerConfig;
import java.util.ArrayList;
import java.util.List;

/** The tensors of the transformer. Linears are {@code [out, in]}. */
final class TransformerParameters {

  private TransformerParameters() {}

  static List<ParameterSpec> list(TransformerConfig config) {
    double std = config.initializerRange();
    long width = config.dim();
    long hidden = config.hiddenDim();
    long qkv = (config.nHead() + 2L * config.nKvHead()) * config.headDim();
    long vocabulary = config.sequence().vocabSize();
    List<ParameterSpec> out = new ArrayList<>();
    out.add(
        ParameterSpec.normal(
            "cls_embedding.embedding_table.weight", std, config.classRows(), width));
    out.add(ParameterSpec.normal("tok_embeddings.weight", std, vocabulary, width));
    for (int i = 0; i < config.nLayer(); i++) {
      String p = "layers." + i + ".";
      out.add(ParameterSpec.normal(p + "attention.wqkv.weight", std, qkv, width));
      out.add(ParameterSpec.normal(p + "attention.wo.weight", std, width, width));
      out.add(ParameterSpec.normal(p + "feed_forward.w1.weight", std, hidden, width));
      out.add(ParameterSpec.normal(p + "feed_forward.w3.weight", std, hidden, width));
      out.add(ParameterSpec.normal(p + "feed_forward.w2.weight", std, width, hidden));
      out.add(ParameterSpec.ones(p + "attention_norm.weight", width));
      out.add(ParameterSpec.ones(p + "ffn_norm.weight", width));
    }
    out.add(ParameterSpec.ones("norm.weight", width));
    out.add(ParameterSpec.zeros("output.weight", vocabulary, width));
    return out;
  }
}
