package io.github.dar;

import ai.djl.Device;
import ai.djl.modality.cv.Image;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.ClassList;
import io.github.dar.config.ModelConfig;
import io.github.dar.data.Pixels;
import io.github.dar.data.RgbImage;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Purpose;
import io.github.dar.generate.Decoding;
import io.github.dar.generate.Denoiser;
import io.github.dar.generate.Encoding;
import io.github.dar.generate.Noise;
import io.github.dar.generate.SamplingOptions;
import io.github.dar.generate.StreamOptions;
import io.github.dar.generate.Streamer;
import io.github.dar.model.ModelFolder;
import io.github.dar.model.Tokenizer;
import io.github.dar.model.Transformer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * A loaded model: classes to images, images to codes, codes to images.
 *
 * <p>Any number of threads may call it at once. Each call has its own session and its own memory,
 * and gives what it gives alone.
 *
 * <p>Images that come out lie in Java's memory, arrays belong to the manager that was given; both
 * outlive the model. Values of arrays go from -1, black, to 1, white.
 */
public final class DarModel implements AutoCloseable {

  private static final String USE = "sampling";

  private final ModelFolder folder;
  private final Compute compute;
  private final Tokenizer tokenizer;
  private final Transformer transformer;
  private final Sessions sessions = new Sessions();

  private DarModel(ModelFolder folder, Compute compute) {
    this.folder = folder;
    this.compute = compute;
    this.tokenizer = folder.tokenizer(compute);
    this.transformer = folder.hasTransformer() ? folder.transformer(compute) : null;
  }

  /** Loads a model to the best device there is. */
  public static DarModel load(Path folder) {
    return load(folder, LoadOptions.DEFAULT);
  }

  /**
   * Loads a model.
   *
   * @param folder of the model, or of the run that has trained it; without a transformer it can
   *     encode and decode only
   * @throws io.github.dar.config.UserException if the folder holds no model with a tokenizer, its
   *     weights don't fit its configuration, or the device isn't there
   */
  public static DarModel load(Path folder, LoadOptions options) {
    ModelFolder model = ModelFolder.open(folder);
    model.requireTokenizer("loading");
    model.config().requireTokenizer("loading").requireCodes("loading");
    Compute compute =
        options.device().isPresent()
            ? Compute.open(options.device().get(), options.precision(), options.threads())
            : Compute.open("auto", options.precision(), options.threads());
    try {
      return new DarModel(model, compute);
    } catch (RuntimeException e) {
      compute.close();
      throw e;
    }
  }

  /** Returns what the model's {@code config.yaml} says: sizes, numbers of tokens, classes. */
  public ModelConfig config() {
    return folder.config();
  }

  /** Returns where it computes. */
  public Device device() {
    return compute.manager().getDevice();
  }

  /**
   * Asks for an image of each class, with the usual guidance, seed 0 and a preview after each step.
   *
   * @param classes names in any case, or numbers as text
   * @throws io.github.dar.config.UserException if there is no such class; it says which may have
   *     been meant
   */
  public SampleRequest request(String... classes) {
    return request(known -> Arrays.stream(classes).mapToLong(name -> known.id("class", name)));
  }

  /**
   * Asks for an image of each class.
   *
   * @param classes numbers of classes, from 0
   */
  public SampleRequest request(long... classes) {
    return request(known -> Arrays.stream(classes).map(id -> known.checked("class", id)));
  }

  private SampleRequest request(Function<ClassList, LongStream> classes) {
    folder.requireTransformer(USE);
    return new SampleRequest(
        classes.apply(config().requireClasses(USE)).toArray(),
        0,
        0,
        SamplingOptions.usual(config()),
        new long[0],
        tokenizer.config().tokens().queriesPerStep(),
        Denoiser.Method.ADAMS2);
  }

  /** Makes images, without previews. */
  public Samples sample(SampleRequest request) {
    return sample(request.withPreviewEvery(0), preview -> {});
  }

  /**
   * Makes images and shows how they form.
   *
   * @param previews told of each preview, in order, in a thread of the request's own; a slow one
   *     holds the images back, not the tokens, and what it throws ends the request and comes out
   *     here
   * @throws io.github.dar.config.UserException if the model can't do what is asked, or the thread
   *     is interrupted
   */
  public Samples sample(SampleRequest request, Consumer<Preview> previews) {
    Made made = new Made(previews, sessions, tokens());
    stream(request, made);
    return new Samples(request.classes().clone(), made.codes(), made.images());
  }

  /**
   * Makes images as an array, without previews.
   *
   * @param manager owns the array; of any engine and device
   * @return float32 {@code [n, 3, H, W]} in [-1, 1]
   */
  public NDArray sample(NDManager manager, SampleRequest request) {
    Made made = new Made(preview -> {}, sessions, tokens());
    stream(request.withPreviewEvery(0), made);
    return array(manager, made.values(), made.shape());
  }

  private int tokens() {
    return tokenizer.config().tokens().numAllQueries();
  }

  private void stream(SampleRequest request, Made made) {
    folder.requireTransformer(USE);
    StreamOptions decoding = StreamOptions.of(config(), request.previewEvery(), request.method());
    sessions.run(
        () -> {
          new Streamer(transformer, tokenizer)
              .run(request.tokens(), request.options(), decoding, made);
          return null;
        });
  }

  /**
   * The codes of an image of any size: cut to the middle square, or, where it is smaller than the
   * model's images, put on black.
   *
   * @return {@code [N]}
   */
  public long[] encode(Image image) {
    return sessions.run(
        () -> {
          RgbImage picture = Images.rgb(compute.manager(), image);
          return Encoding.encode(tokenizer, picture, config().imageSize());
        });
  }

  /**
   * The codes of images.
   *
   * @param images float32 {@code [n, 3, H, W]} in [-1, 1], of any engine and device; H and W are
   *     multiples of the encoder's patch
   * @return {@code [n][N]}
   */
  public long[][] encode(NDArray images) {
    float[] values = Images.values(images);
    Shape shape = images.getShape();
    return sessions.run(
        () -> {
          try (NDManager scope = compute.manager().newSubManager()) {
            NDArray codes = tokenizer.codes(scope, scope.create(values, shape)); // [n, N]
            int tokens = (int) codes.getShape().get(1);
            long[] flat = codes.toLongArray();
            return IntStream.range(0, (int) shape.get(0))
                .mapToObj(i -> Arrays.copyOfRange(flat, i * tokens, (i + 1) * tokens))
                .toArray(long[][]::new);
          }
        });
  }

  /**
   * The image of some codes.
   *
   * @param codes {@code [N]}
   * @param seed of the noise that it is made from
   */
  public Image decode(long[] codes, long seed) {
    float[] values = values(new long[][] {codes}, seed);
    int size = config().imageSize();
    return Images.of(Pixels.toImage(values, 0, size, size));
  }

  /**
   * The images of some codes as an array.
   *
   * @param manager owns the array; of any engine and device
   * @param codes {@code [n][N]}
   * @param seed of the noise; image i starts from the noise of the seed's image i
   * @return float32 {@code [n, 3, H, W]} in [-1, 1]
   */
  public NDArray decode(NDManager manager, long[][] codes, long seed) {
    int size = config().imageSize();
    return array(manager, values(codes, seed), new Shape(codes.length, 3, size, size));
  }

  private float[] values(long[][] codes, long seed) {
    Decoding.check(tokenizer.config(), "codes", codes);
    int size = config().imageSize();
    return sessions.run(
        () -> {
          try (NDManager scope = compute.manager().newSubManager()) {
            NDArray noise = Noise.of(scope, seed, Purpose.IMAGE_NOISE, 0, codes.length, size, size);
            int steps = tokenizer.config().tokens().numDenoisingSteps();
            return Decoding.decode(scope, tokenizer, codes, noise, steps, Denoiser.Method.ADAMS2)
                .toFloatArray();
          }
        });
  }

  /** A network's estimates may leave the range a little. */
  private static NDArray array(NDManager into, float[] values, Shape shape) {
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(-1, Math.min(1, values[i]));
    }
    return into.create(values, shape);
  }

  /**
   * Waits for the calls that run, then frees the memory. Calls that come later end with an {@link
   * IllegalStateException}; closing again does nothing.
   *
   * @throws IllegalStateException in the callback of a request, which would wait for itself
   */
  @Override
  public void close() {
    if (sessions.close()) {
      compute.close();
    }
  }

  /** Returns the folder and where it computes: for a log. */
  @Override
  public String toString() {
    return folder.path() + " on " + compute.describe();
  }
}
