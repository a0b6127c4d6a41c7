package io.github.dar.testing;

import io.github.dar.weights.HostTensor;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * Weights that stand for the published ones of a network: hashes of the tensors' names, which the
 * reference's numbers of the feature networks were made with.
 */
public final class HashedWeights {

  private static final String SALT = "dar:";

  private HashedWeights() {}

  /** Tensors of these names and shapes. */
  public static Map<String, HostTensor> of(Map<String, long[]> shapes) {
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    shapes.forEach((name, shape) -> tensors.put(name, tensor(name, shape)));
    return tensors;
  }

  /** One tensor. */
  public static HostTensor tensor(String name, long... shape) {
    long fanIn = Arrays.stream(shape).skip(1).reduce(1, (a, b) -> a * b);
    String last = name.substring(name.lastIndexOf('.') + 1);
    double scale = 0.1;
    double offset = 0;
    switch (last) {
      case "pos_embed", "cls_token", "mask_token", "running_mean" -> {}
      case "running_var" -> {
        scale = 0.5;
        offset = 1;
      }
      case "gamma" -> offset = 0.1;
      default -> {
        if (shape.length >= 2) {
          scale = 2 * Math.sqrt(3) * Math.sqrt(2.0 / fanIn);
        } else if (last.equals("weight")) {
          scale = 0.2;
          offset = 1;
        }
      }
    }
    CRC32 crc = new CRC32();
    crc.update((SALT + name).getBytes(StandardCharsets.UTF_8));
    int start = (int) crc.getValue();
    float[] values = new float[(int) (shape[0] * fanIn)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (uniform(start + i * 0x9E3779B9) * scale + offset);
    }
    return HostTensor.of(values, shape);
  }

  private static double uniform(int seed) {
    int x = seed;
    x ^= x >>> 16;
    x *= 0x85EBCA6B;
    x ^= x >>> 13;
    x *= 0xC2B2AE35;
    x ^= x >>> 16;
    return (x & 0xFFFFFFFFL) / 4294967296.0 - 0.5;
  }
}
