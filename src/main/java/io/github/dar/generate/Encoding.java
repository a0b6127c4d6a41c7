package io.github.dar.generate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.dar.data.ImageBatch;
import io.github.dar.data.ImageBatches;
import io.github.dar.data.ImageSource;
import io.github.dar.data.ImageTransform;
import io.github.dar.data.TokenCodes;
import io.github.dar.model.Tokenizer;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** Images to codes: a whole source, in its order. */
public final class Encoding {

  private Encoding() {}

  /**
   * Encodes every image of a source.
   *
   * @param batch images at once
   * @param latents told of each batch's latents {@code [B, N, C]} before quantisation, or null
   * @param progress told how many images are done
   */
  public static TokenCodes encode(
      Tokenizer tokenizer,
      ImageSource source,
      ImageTransform transform,
      int batch,
      Consumer<NDArray> latents,
      IntConsumer progress) {
    tokenizer.config().requireCodes("tokenize");
    long[][] codes = new long[source.size()][];
    long[] labels = new long[source.size()];
    int done = 0;
    try (ImageBatches batches = ImageBatches.inOrder(source, transform, batch, 0, 1)) {
      while (batches.hasNext()) {
        ImageBatch images = batches.next();
        try (NDManager scope = tokenizer.compute().manager().newSubManager()) {
          int count = images.count();
          Shape shape = new Shape(count, 3, images.size(), images.size());
          NDList encoded = tokenizer.encode(scope, scope.create(images.pixels(), shape));
          if (latents != null) {
            latents.accept(encoded.get(0));
          }
          long[] flat = encoded.get(1).toLongArray();
          int width = flat.length / count;
          for (int i = 0; i < count; i++, done++) {
            codes[done] = Arrays.copyOfRange(flat, i * width, (i + 1) * width);
            labels[done] = images.labels()[i];
          }
        }
        progress.accept(done);
      }
    }
    return new TokenCodes(codes, labels);
  }
}
