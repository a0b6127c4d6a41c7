package io.github.dar.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.github.dar.config.ImageNet;
import io.github.dar.config.ModelConfig;
import io.github.dar.config.RunConfig;
import io.github.dar.config.UserException;
import io.github.dar.config.Yaml;
import io.github.dar.weights.HostTensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The configuration of a model whose checkpoints don't come with a whole one. */
final class CheckpointConfig {

  /** Heads of the published widths; others have heads of 64 channels. */
  private static final Map<Long, Long> HEADS =
      Map.of(768L, 12L, 1024L, 16L, 1280L, 20L, 1536L, 24L);

  private static final long HEAD_SIZE = 64;
  private static final long PUBLISHED_TOKENS = 256;

  /** ModelArgs' multiple_of, then smaller powers of 2. */
  private static final List<Long> MULTIPLES = List.of(256L, 128L, 64L, 32L, 16L, 8L, 4L, 2L, 1L);

  private final Map<String, Object> root = new LinkedHashMap<>();
  private String source = "checkpoint";

  /** Sets a key of the whole. */
  void put(String key, Object value) {
    root.put(key, value);
  }

  /** The tokenizer as a YAML describes it; its image size and classes too. */
  void tokenizer(Path yaml) {
    ModelConfig config = Yaml.read(yaml, RunConfig.class).model();
    source = yaml.toString();
    root.put("image_size", config.imageSize());
    root.put("classes", config.classes());
    ModelConfig alone =
        new ModelConfig(
            config.imageSize(),
            Optional.of(config.requireTokenizer("convert --config")),
            Optional.empty(),
            List.of(),
            Optional.empty());
    root.put("tokenizer", tree(Yaml.toYaml(alone)).get("tokenizer"));
  }

  /** The tokenizer as its checkpoint says, else as its tensors do. */
  void tokenizer(Path file, Optional<Object> saved, Map<String, HostTensor> weights) {
    source = "the configuration of " + file;
    root.put("tokenizer", saved.orElseGet(() -> tokenizerOf(file, weights)));
  }

  /**
   * The shapes tell the network; tokens, steps and flow are those of the published tokenizer v1.
   */
  private static Map<String, Object> tokenizerOf(Path file, Map<String, HostTensor> weights) {
    Shapes shapes = new Shapes(file, weights);
    String net = "diff_decoder.net.";
    Map<String, Object> decoder = new LinkedHashMap<>();
    decoder.put("dim", shapes.size(net + "cond_mlp.weight", 0));
    decoder.put("cond_dim", shapes.size(net + "cond_mlp.weight", 1));
    decoder.put("patch_size", Math.round(Math.sqrt(shapes.size(net + "conv_in.weight", 1) / 3.0)));
    decoder.put("depth", shapes.count(net + "blocks."));
    decoder.put("data_std", 0.6);
    decoder.put("time_shift", 2);
    decoder.put("mlp_head", weights.containsKey(net + "linear_out.linear.weight"));
    decoder.put("share_time_encoding", weights.containsKey(net + "time_embed.mlp.0.weight"));

    Map<String, Object> tokenizer = new LinkedHashMap<>();
    tokenizer.put("encoder_patch_size", shapes.size("patchify.weight", 2));
    tokenizer.put("num_encoder_layers", shapes.count("encoder_layers."));
    tokenizer.put("num_decoder_layers", shapes.count("decoder_layers."));
    tokenizer.put("query_low_rank", weights.containsKey("query_linear.weight"));
    tokenizer.put("encoder_dim", shapes.size("patchify.weight", 0));
    tokenizer.put("decoder_dim", shapes.size("decoder_embedding.weight", 1));
    tokenizer.put("vq_dim", shapes.size("quant_in_conv.weight", 0));
    tokenizer.put("vq_enable", weights.containsKey("quantize.embedding.weight"));
    if (weights.containsKey("quantize.embedding.weight")) {
      tokenizer.put("vq_codebook_size", shapes.size("quantize.embedding.weight", 0));
    }
    tokenizer.put("num_all_queries", PUBLISHED_TOKENS);
    tokenizer.put("num_query_groups", 8);
    tokenizer.put("num_denoising_steps", 8);
    tokenizer.put("diff_decoder", decoder);
    return tokenizer;
  }

  /** The transformer as its tensors tell; heads by the published widths. */
  void transformer(Path file, Map<String, HostTensor> weights, OptionalInt blockSize) {
    if (!root.containsKey("tokenizer")) {
      source = "the configuration of " + file;
    }
    Shapes shapes = new Shapes(file, weights);
    long dim = shapes.size("tok_embeddings.weight", 1);
    long heads = HEADS.getOrDefault(dim, Math.max(1, dim / HEAD_SIZE));
    Map<String, Object> ar = new LinkedHashMap<>();
    ar.put("dim", dim);
    ar.put("n_layer", shapes.count("layers."));
    ar.put("n_head", heads);
    long qkv = shapes.size("layers.0.attention.wqkv.weight", 0);
    if (qkv != 3 * dim) {
      ar.put("n_kv_head", (qkv / (dim / heads) - heads) / 2);
    }
    ar.put("multiple_of", multipleOf(dim, shapes.size("layers.0.feed_forward.w1.weight", 0)));
    ar.put("vocab_size", codes(file, shapes.size("tok_embeddings.weight", 0)));
    ar.put("block_size", blockSize.isPresent() ? blockSize.getAsInt() : tokens());
    // The last row is the null class.
    ar.put("num_classes", shapes.size("cls_embedding.embedding_table.weight", 0) - 1);
    root.put("ar", ar);
  }

  /** The codes that a transformer knows, if they are as many as its tokenizer makes. */
  private long codes(Path file, long known) {
    if (root.get("tokenizer") instanceof Map<?, ?> tokenizer
        && tokenizer.get("vq_codebook_size") instanceof Number made
        && made.longValue() != known) {
      throw new UserException(
          "%s knows %d codes and the tokenizer makes %d: give the two that were trained together"
              .formatted(file, known, made.longValue()));
    }
    return known;
  }

  /** Models of a thousand classes are of ImageNet's, unless their names say otherwise. */
  void nameClasses() {
    boolean named = root.get("classes") instanceof List<?> names && !names.isEmpty();
    if (!named
        && root.get("ar") instanceof Map<?, ?> ar
        && Long.valueOf(ImageNet.CLASSES).equals(ar.get("num_classes"))) {
      root.put("classes", ImageNet.classes());
    }
  }

  private Object tokens() {
    return root.get("tokenizer") instanceof Map<?, ?> tokenizer
            && tokenizer.get("num_all_queries") != null
        ? tokenizer.get("num_all_queries")
        : PUBLISHED_TOKENS;
  }

  /** What rounds two thirds of 4 D up to the hidden size, as far as anything does. */
  private static long multipleOf(long dim, long hidden) {
    long twoThirds = 8 * dim / 3;
    return MULTIPLES.stream()
        .filter(multiple -> (twoThirds + multiple - 1) / multiple * multiple == hidden)
        .findFirst()
        .orElse(hidden);
  }

  /** The whole, checked, with overrides in place. */
  ModelConfig resolve(List<String> overrides) {
    try {
      String yaml = new YAMLMapper().writeValueAsString(root);
      return Yaml.parse(yaml, source, ModelConfig.class, overrides);
    } catch (JsonProcessingException e) {
      throw new UserException(
          source + ": holds more than plain values (" + e.getMessage() + ")", e);
    }
  }

  private static Map<String, Object> tree(String yaml) {
    try {
      YAMLMapper mapper = new YAMLMapper();
      JsonNode node = mapper.readTree(yaml);
      Map<String, Object> tree = new LinkedHashMap<>();
      node.properties()
          .forEach(e -> tree.put(e.getKey(), mapper.convertValue(e.getValue(), Object.class)));
      return tree;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("YAML of our own: " + yaml, e);
    }
  }

  /** The shapes of a checkpoint's tensors. */
  private record Shapes(Path file, Map<String, HostTensor> weights) {

    long size(String name, int dimension) {
      HostTensor tensor = weights.get(name);
      if (tensor == null || tensor.shape().length <= dimension) {
        throw new UserException(file + " has no tensor " + name + "; " + whatItIs());
      }
      return tensor.shape()[dimension];
    }

    private String whatItIs() {
      if (weights.containsKey("patchify.weight")) {
        return "it holds a tokenizer: give it as --tokenizer";
      }
      return weights.containsKey("tok_embeddings.weight")
          ? "it holds a transformer: give it as --ar"
          : "is it the checkpoint of this part of the model?";
    }

    /** How many numbers follow a prefix: the layers of a stack. */
    long count(String prefix) {
      Pattern pattern = Pattern.compile(Pattern.quote(prefix) + "(\\d+)\\..*");
      return weights.keySet().stream()
          .map(pattern::matcher)
          .filter(Matcher::matches)
          .map(matcher -> matcher.group(1))
          .distinct()
          .count();
    }
  }
}
