package io.github.dar.generate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.Fit;
import io.github.dar.data.CodesWriter;
import io.github.dar.data.ImageBatch;
import io.github.dar.data.ImageBatches;
import io.github.dar.data.ImageSource;
import io.github.dar.data.ImageTransform;
import io.github.dar.data.Pixels;
import io.github.dar.data.RgbImage;
import io.github.dar.data.Squares;
import io.github.dar.data.TokenCodes;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import io.github.dar.model.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/** Images to codes. */
public final class Encoding {

  private static final float[] NONE = {};

  private Encoding() {}

  /**
   * Encodes those images of a source that a file lacks, in the order of the source.
   *
   * @param squares as many an image as the layout has crops
   * @param out is not completed
   * @param progress told how many images of the source are done
   */
  public static void encode(
      Tokenizer tokenizer,
      ImageSource source,
      Squares squares,
      CodesWriter.Layout layout,
      CodesWriter out,
      IntConsumer progress) {
    tokenizer.config().requireCodes("tokenize");
    int begin = Math.min(out.next(), source.size());
    try (ImageBatches batches =
        ImageBatches.inOrder(
            source, squares, layout.batch(), 0, begin, ImageBatches.usualThreads())) {
      while (batches.hasNext()) {
        ImageBatch images = batches.next();
        if (images.count() > 0) {
          add(encode(tokenizer, images, layout.crops(), layout.latent() > 0), images, out);
        }
        progress.accept((int) batches.position());
      }
    }
  }

  /** The codes of images of one square each. */
  public static TokenCodes encode(Tokenizer tokenizer, ImageBatch images) {
    Encoded encoded = encode(tokenizer, images, 1, false);
    long[] labels = Arrays.stream(images.labels()).asLongStream().toArray();
    long[][] codes = new long[images.count()][];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = encoded.codes(i, codes.length);
    }
    return new TokenCodes(codes, labels);
  }

  /**
   * The codes of one picture of any size, brought to the model's as {@link Fit#auto} says.
   *
   * @param size of the model's images
   * @return {@code [N]}
   */
  public static long[] encode(Tokenizer tokenizer, RgbImage picture, int size) {
    Fit fit = Fit.auto(picture.width(), picture.height(), size);
    // Neither of them draws anything.
    RandomStream unused = RandomStream.of(0, Purpose.AUGMENTATION, 0);
    RgbImage square = ImageTransform.of(size, fit, false).apply(picture, unused);
    try (NDManager scope = tokenizer.compute().manager().newSubManager()) {
      return tokenizer.codes(scope, images(scope, List.of(square))).toLongArray();
    }
  }

  /** Pictures of one size as networks take them: {@code [B, 3, H, W]} in [-1, 1]. */
  public static NDArray images(NDManager into, List<RgbImage> pictures) {
    int height = pictures.get(0).height();
    int width = pictures.get(0).width();
    int each = 3 * height * width;
    float[] values = new float[pictures.size() * each];
    for (int i = 0; i < pictures.size(); i++) {
      Pixels.toFloats(pictures.get(i), values, i * each);
    }
    return into.create(values, new Shape(pictures.size(), 3, height, width));
  }

  private static void add(Encoded encoded, ImageBatch images, CodesWriter out) {
    int count = images.count();
    for (int i = 0; i < count; i++) {
      out.add(
          images.indices()[i],
          images.labels()[i],
          encoded.codes(i, count),
          encoded.latents(i, count));
    }
  }

  private static Encoded encode(
      Tokenizer tokenizer, ImageBatch images, int squares, boolean withLatents) {
    try (NDManager scope = tokenizer.compute().manager().newSubManager()) {
      Shape shape = new Shape((long) images.count() * squares, 3, images.size(), images.size());
      NDList encoded = tokenizer.encode(scope, scope.create(images.pixels(), shape));
      return new Encoded(
          encoded.get(1).toLongArray(), withLatents ? encoded.get(0).toFloatArray() : NONE);
    }
  }

  /**
   * What a batch became.
   *
   * @param codes {@code [B, squares, N]}, flat
   * @param latents {@code [B, squares, N, C]} before quantisation, flat, or none
   */
  private record Encoded(long[] codes, float[] latents) {

    long[] codes(int image, int images) {
      int width = codes.length / images;
      return Arrays.copyOfRange(codes, image * width, (image + 1) * width);
    }

    float[] latents(int image, int images) {
      int width = latents.length / images;
      return Arrays.copyOfRange(latents, image * width, (image + 1) * width);
    }
  }
}
