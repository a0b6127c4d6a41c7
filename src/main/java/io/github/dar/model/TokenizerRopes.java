package io.github.dar.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.DiffusionDecoderConfig;
import io.github.dar.config.TokenizerConfig;
import io.github.dar.config.UserException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The rotary angles of the tokenizer's networks, made once for each size of image. */
final class TokenizerRopes implements AutoCloseable {

  private final TokenizerConfig config;
  private final NDManager manager;
  private final Map<String, NDArray> made = new ConcurrentHashMap<>();

  TokenizerRopes(NDManager parent, TokenizerConfig config) {
    this.manager = parent.newSubManager();
    this.config = config;
  }

  /** For patches and queries of the encoder: {@code [P + N, 32, 2]}. */
  NDArray encoder(Shape images) {
    int still = config.tokens().numAllQueries();
    return of(images, config.encoderPatchSize(), "encoder_patch_size", still, config.ropeBaseLen());
  }

  /** For the pixel patches of the diffusion decoder: {@code [T, 32, 2]}. */
  NDArray decoder(Shape images) {
    DiffusionDecoderConfig decoder = config.diffDecoder();
    return of(images, decoder.patchSize(), "diff_decoder.patch_size", 0, decoder.ropeBaseLen());
  }

  private NDArray of(Shape images, int patch, String key, int still, double theta) {
    int height = (int) images.get(2);
    int width = (int) images.get(3);
    if (height % patch != 0 || width % patch != 0) {
      throw new UserException(
          "an image of %dx%d can't be cut into patches: both sides must be multiples of %s (%d)"
              .formatted(width, height, key, patch));
    }
    return made.computeIfAbsent(
        "%dx%d/%d+%d %s".formatted(height, width, patch, still, theta),
        name -> {
          float[] values = RotaryEmbedding.grid(height / patch, width / patch, still, theta);
          return manager.create(values, new Shape(values.length / 64, 32, 2));
        });
  }

  @Override
  public void close() {
    manager.close();
  }
}
