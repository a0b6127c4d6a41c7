package io.github.dar.features;

import io.github.dar.weights.HostTensor;
import io.github.dar.weights.StateDicts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Names and shapes of the tensors that dar takes from published files. */
enum PublishedNetwork {
  /** torchvision's, without its classifier. */
  VGG16(vgg16(), "classifier.*"),
  /** The 1x1 convolutions that weigh VGG16's features. */
  LPIPS_HEAD(lpipsHead()),
  /** ViT-B/14 for images of 518x518, without registers. */
  DINOV2(dinov2(), "mask_token"),
  /** FID's, of 2015; converters leave the counts of batches out. */
  INCEPTION(InceptionUnits.shapes(), "*.num_batches_tracked");

  private final Map<String, long[]> shapes;
  private final List<Predicate<String>> surplus;

  /**
   * @param surplus names of tensors that the file has and dar doesn't need
   */
  PublishedNetwork(Map<String, long[]> shapes, String... surplus) {
    this.shapes = shapes;
    this.surplus = List.of(surplus).stream().map(StateDicts::names).toList();
  }

  /**
   * Returns the needed ones of these tensors.
   *
   * @param source names the file in messages
   * @param mend what to do if they are others, as the end of a sentence
   * @throws io.github.dar.config.UserException listing what is missing, unexpected or of another
   *     shape
   */
  Map<String, HostTensor> select(String source, Map<String, HostTensor> found, String mend) {
    return StateDicts.check(source, shapes, found, surplus, mend).tensors();
  }

  /** Returns names and shapes of the needed tensors. */
  Map<String, long[]> shapes() {
    return shapes;
  }

  private static Map<String, long[]> vgg16() {
    long[][] layers = {
      {0, 3, 64},
      {2, 64, 64},
      {5, 64, 128},
      {7, 128, 128},
      {10, 128, 256},
      {12, 256, 256},
      {14, 256, 256},
      {17, 256, 512},
      {19, 512, 512},
      {21, 512, 512},
      {24, 512, 512},
      {26, 512, 512},
      {28, 512, 512}
    };
    Map<String, long[]> shapes = new LinkedHashMap<>();
    for (long[] layer : layers) {
      shapes.put("features." + layer[0] + ".weight", new long[] {layer[2], layer[1], 3, 3});
      shapes.put("features." + layer[0] + ".bias", new long[] {layer[2]});
    }
    return shapes;
  }

  private static Map<String, long[]> lpipsHead() {
    long[] channels = {64, 128, 256, 512, 512};
    Map<String, long[]> shapes = new LinkedHashMap<>();
    for (int i = 0; i < channels.length; i++) {
      shapes.put("lin" + i + ".model.1.weight", new long[] {1, channels[i], 1, 1});
    }
    return shapes;
  }

  private static Map<String, long[]> dinov2() {
    long width = 768;
    Map<String, long[]> shapes = new LinkedHashMap<>();
    shapes.put("cls_token", new long[] {1, 1, width});
    shapes.put("pos_embed", new long[] {1, 1 + 37 * 37, width});
    layer(shapes, "patch_embed.proj", width, 3, 14, 14);
    for (int i = 0; i < 12; i++) {
      String p = "blocks." + i;
      layer(shapes, p + ".norm1", width);
      layer(shapes, p + ".attn.qkv", 3 * width, width);
      layer(shapes, p + ".attn.proj", width, width);
      shapes.put(p + ".ls1.gamma", new long[] {width});
      layer(shapes, p + ".norm2", width);
      layer(shapes, p + ".mlp.fc1", 4 * width, width);
      layer(shapes, p + ".mlp.fc2", width, 4 * width);
      shapes.put(p + ".ls2.gamma", new long[] {width});
    }
    layer(shapes, "norm", width);
    return shapes;
  }

  private static void layer(Map<String, long[]> shapes, String name, long... shape) {
    shapes.put(name + ".weight", shape);
    shapes.put(name + ".bias", new long[] {shape[0]});
  }
}
