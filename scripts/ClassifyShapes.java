import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.OptimizerConfig;
import io.github.dar.config.Precision;
import io.github.dar.config.UserException;
import io.github.dar.data.ImageSource;
import io.github.dar.data.ImageSources;
import io.github.dar.data.ShapesSource;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import io.github.dar.features.Bundled;
import io.github.dar.model.Weights;
import io.github.dar.train.AdamW;
import io.github.dar.weights.HostTensor;
import io.github.dar.weights.Npz;
import io.github.dar.weights.SafeTensors;
import io.github.dar.weights.TensorFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Do pictures of {@code shapes:} show their class? Three small classifiers, trained on freshly painted pictures, name
 * the shape, the colour and the background of samples and, beside them, of real pictures that they have not seen.
 *
 * <p>{@code java -cp "target/dar.jar:target/lib/*" scripts/ClassifyShapes.java SAMPLES.npz...}, 64x64 pixels, as {@code
 * dar sample --npz} writes them. Options before the files:
 *
 * <ul>
 *   <li>{@code --weights FILE}: the classifiers; trained and written where there is none
 *   <li>{@code --steps N}: how long to train
 *   <li>{@code --corrupted}: judges spoilt real pictures as well, to show that it can say no
 *   <li>{@code --classes N}: only prints N of the 1000 classes, hundreds of them, for {@code dar sample --class}
 * </ul>
 *
 * <p>Training takes less than 6 minutes of one core. Then, of 2000 real pictures, two a class, it says in percent:
 *
 * <pre>
 *                       shape  colour  background  all three
 * as they are           99.95   100.0       100.0      99.95
 * blur of 1 pixel        99.9   100.0       100.0       99.9
 * blur of 2 pixels       99.6   100.0        98.6       98.1
 * blur of 3 pixels       96.6   100.0        67.7       65.0
 * blur of 4 pixels       81.9    99.6        28.0       23.1
 * blur of 6 pixels       49.3    96.5        17.3        8.6
 * noise of 20 levels     99.9   100.0       100.0       99.9
 * noise of 40 levels     98.7   100.0        94.7       93.4
 * noise of 80 levels     77.5    99.9        89.7       69.3
 * middle erased           2.4     6.1        38.3        0.3
 * colours swapped        98.5    20.0       100.0       20.0   (black and white stay as they are)
 * tiles of 16 shuffled   14.4    98.2        72.5        10.4
 * tiles of 8 shuffled     9.6    88.9        23.9         2.3
 * </pre>
 */
public final class ClassifyShapes implements AutoCloseable {

  private static final Path WEIGHTS = Path.of("target", "classify-shapes.safetensors");

  private static final int SIZE = 64;
  private static final int BYTES = SIZE * SIZE * 3;
  private static final int SEEN = Bundled.SIZE;

  private static final int STEPS = 1500;
  private static final int BATCH = 32;
  private static final double RATE = 2e-3;
  private static final int WARMUP = 100;
  private static final OptimizerConfig ADAM =
      new OptimizerConfig(List.of(0.9, 0.99), 1e-8, 0.05, 1, 0.995, 0);

  /** The pictures that it learns from and those that it is tested on: seeds that no model has. */
  private static final long TRAINING_SEED = 1_000_003;

  private static final long TEST_SEED = 1_000_033;

  private static final int TESTED = 2 * ShapesSource.CLASSES;

  private static final List<String> NAMES = new ShapesSource(1, SIZE, 0).classNames();

  /** What a classifier gives less than this probability it has not seen. */
  private static final double SURE = 0.5;

  private static final int NOTHING = -1;

  /** How many of the most frequent mistakes are shown. */
  private static final int MISTAKES = 8;

  /** What a class is made of: class 207 is shape 2, colour 0, background 7, "red star on checkered". */
  private enum Trait {
    SHAPE(100, 1),
    COLOUR(10, 0),
    BACKGROUND(1, 3);

    static final int VALUES = 10;

    private final int divisor;
    private final int word;

    Trait(int divisor, int word) {
      this.divisor = divisor;
      this.word = word;
    }

    int of(long label) {
      return (int) (label / divisor % VALUES);
    }

    String name(List<String> classNames, int value) {
      return value == NOTHING ? "nothing" : classNames.get(value * divisor).split(" ")[word];
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Pictures, {@code [n][64 * 64 * 3]}, and their classes. */
  private record Pictures(byte[][] rgb, long[] labels) {

    Pictures changed(BiFunction<byte[], RandomStream, byte[]> change) {
      byte[][] out = new byte[rgb.length][];
      for (int i = 0; i < out.length; i++) {
        out[i] = change.apply(rgb[i], RandomStream.of(TEST_SEED, Purpose.AUGMENTATION, i));
      }
      return new Pictures(out, labels);
    }
  }

  private final Compute compute;
  private final Map<Trait, Bundled> networks = new EnumMap<>(Trait.class);

  private ClassifyShapes(Compute compute, Map<Trait, Weights> weights) {
    this.compute = compute;
    weights.forEach((trait, own) -> networks.put(trait, new Bundled(compute, own)));
  }

  public static void main(String[] args) {
    try {
      run(args);
    } catch (UserException | NumberFormatException e) {
      System.err.println("ClassifyShapes: " + e.getMessage());
      System.exit(2);
    }
  }

  private static void run(String[] args) {
    Path weights = WEIGHTS;
    int steps = STEPS;
    boolean corrupted = false;
    int at = 0;
    for (; at < args.length && args[at].startsWith("--"); at++) {
      switch (args[at]) {
        case "--weights" -> weights = Path.of(args[++at]);
        case "--steps" -> steps = Integer.parseInt(args[++at]);
        case "--corrupted" -> corrupted = true;
        case "--classes" -> {
          System.out.println(classes(Integer.parseInt(args[++at])));
          return;
        }
        default -> throw new UserException(args[at] + " is not known; the head of the file says what is");
      }
    }
    Map<String, Pictures> samples = new LinkedHashMap<>();
    for (String file : List.of(args).subList(at, args.length)) {
      samples.put(file, samples(Path.of(file)));
    }
    // One thread: training gives the same classifiers whatever the machine has.
    try (Compute compute = Compute.open("cpu", Precision.FP32, 1);
        ClassifyShapes judge =
            Files.exists(weights) ? read(compute, weights) : train(compute, steps, weights)) {
      Pictures real = real(TESTED);
      judge.report("real pictures", real, MISTAKES);
      samples.forEach((file, pictures) -> judge.report(file, pictures, MISTAKES));
      if (corrupted) {
        judge.reportCorrupted(real);
      }
    }
  }

  /**
   * Classes that are like all of them: of every 100 each pair of a shape, a colour and a background comes once (a Latin
   * square).
   */
  private static String classes(int count) {
    if (count < 100 || count > ShapesSource.CLASSES || count % 100 != 0) {
      throw new UserException("--classes " + count + ": give 100, 200 and so on to 1000");
    }
    int[] rows = RandomStream.of(0, Purpose.CLASS_CHOICE, 0).permutation(Trait.VALUES);
    int[] columns = RandomStream.of(0, Purpose.CLASS_CHOICE, 1).permutation(Trait.VALUES);
    int[] squares = RandomStream.of(0, Purpose.CLASS_CHOICE, 2).permutation(Trait.VALUES);
    return IntStream.range(0, count)
        .map(
            i -> {
              int shape = i / 10 % 10;
              int colour = i % 10;
              int background = (rows[shape] + columns[colour] + squares[i / 100]) % 10;
              return shape * 100 + colour * 10 + background;
            })
        .sorted()
        .mapToObj(Integer::toString)
        .collect(Collectors.joining(","));
  }

  private static Pictures real(int count) {
    try (ImageSource shapes = ImageSources.open("shapes:count=" + count, SIZE, TEST_SEED)) {
      byte[][] rgb = new byte[count][];
      long[] labels = new long[count];
      for (int i = 0; i < count; i++) {
        rgb[i] = shapes.image(i).rgb();
        labels[i] = shapes.label(i);
      }
      return new Pictures(rgb, labels);
    }
  }

  private static Pictures samples(Path file) {
    try (TensorFile npz = Npz.open(file)) {
      byte[] bytes = npz.get("arr_0").toBytes(); // [n, H, W, 3]
      long[] labels = npz.get("labels").toLongs();
      if (bytes.length != labels.length * BYTES) {
        throw new UserException(file + ": holds pictures of another size than 64x64; only those are judged");
      }
      byte[][] rgb = new byte[labels.length][];
      for (int i = 0; i < rgb.length; i++) {
        rgb[i] = Arrays.copyOfRange(bytes, i * BYTES, (i + 1) * BYTES);
      }
      return new Pictures(rgb, labels);
    }
  }

  private void report(String what, Pictures pictures, int mistakes) {
    int count = pictures.rgb().length;
    boolean[] wrong = new boolean[count];
    Map<String, Integer> pairs = new TreeMap<>();
    StringBuilder line = new StringBuilder("%-24s".formatted(what));
    for (Trait trait : Trait.values()) {
      int[] seen = seen(trait, pictures.rgb());
      int right = 0;
      for (int i = 0; i < count; i++) {
        int asked = trait.of(pictures.labels()[i]);
        if (seen[i] == asked) {
          right++;
        } else {
          wrong[i] = true;
          String pair = trait.name(NAMES, asked) + " seen as " + trait.name(NAMES, seen[i]);
          pairs.merge(pair, 1, Integer::sum);
        }
      }
      line.append(" %s %5.1f%%,".formatted(trait, 100.0 * right / count));
    }
    long right = IntStream.range(0, count).filter(i -> !wrong[i]).count();
    System.out.printf("%s all three %5.1f%% of %d%n", line, 100.0 * right / count, count);
    pairs.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
        .limit(mistakes)
        .forEach(pair -> System.out.println("  " + pair.getKey() + " " + pair.getValue() + "x"));
  }

  private void reportCorrupted(Pictures real) {
    for (double pixels : new double[] {1, 2, 3, 4, 6}) {
      report("blur of " + pixels + " pixels", real.changed((p, r) -> blurred(p, pixels)), 0);
    }
    for (double levels : new double[] {10, 20, 40, 80}) {
      report("noise of " + levels + " levels", real.changed((p, r) -> noisy(p, levels, r)), 0);
    }
    report("middle erased", real.changed((p, r) -> erased(p)), 0);
    report("colours swapped", real.changed((p, r) -> swapped(p)), 0);
    report("tiles of 16 shuffled", real.changed((p, r) -> shuffled(p, 16, r)), 0);
    report("tiles of 8 shuffled", real.changed((p, r) -> shuffled(p, 8, r)), 0);
  }

  /** What the pictures show of a trait: {@code [n]}. */
  private int[] seen(Trait trait, byte[][] rgb) {
    int[] out = new int[rgb.length];
    Arrays.fill(out, NOTHING);
    for (int from = 0; from < out.length; from += BATCH) {
      int to = Math.min(out.length, from + BATCH);
      try (NDManager scope = compute.manager().newSubManager()) {
        NDArray images = images(scope, Arrays.copyOfRange(rgb, from, to));
        float[] p = networks.get(trait).extract(scope, images).probabilities().toFloatArray();
        for (int i = 0; i < p.length; i++) { // [B, 10]
          if (p[i] >= SURE) {
            out[from + i / Trait.VALUES] = i % Trait.VALUES;
          }
        }
      }
    }
    return out;
  }

  /** Pictures as the networks see them, every 2x2 pixels as their mean: {@code [B, 32, 32, 3]}. */
  private static NDArray images(NDManager scope, byte[][] rgb) {
    ByteBuffer out = ByteBuffer.allocateDirect(rgb.length * SEEN * SEEN * 3);
    for (byte[] p : rgb) {
      for (int i = 0; i < SEEN * SEEN * 3; i++) {
        int at = (2 * (i / 3 / SEEN) * SIZE + 2 * (i / 3 % SEEN)) * 3 + i % 3;
        int below = at + SIZE * 3;
        int sum = (p[at] & 255) + (p[at + 3] & 255) + (p[below] & 255) + (p[below + 3] & 255);
        out.put((byte) ((sum + 2) / 4));
      }
    }
    return scope.create(out.flip(), new Shape(rgb.length, SEEN, SEEN, 3), DataType.UINT8);
  }

  private static ClassifyShapes train(Compute compute, int steps, Path file) {
    Map<Trait, Weights> weights = new EnumMap<>(Trait.class);
    Map<Trait, AdamW> optimizers = new EnumMap<>(Trait.class);
    for (Trait trait : Trait.values()) {
      Weights own = Weights.initial(compute, Bundled.parameters(), trait.ordinal());
      weights.put(trait, own);
      optimizers.put(trait, new AdamW(compute, ADAM, own, name -> name.endsWith(".weight")));
    }
    try (ClassifyShapes judge = new ClassifyShapes(compute, weights);
        ImageSource shapes =
            ImageSources.open("shapes:count=" + steps * BATCH, SIZE, TRAINING_SEED)) {
      int[] order = RandomStream.of(TRAINING_SEED, Purpose.DATA_ORDER, 0).permutation(shapes.size());
      double loss = 0;
      for (int step = 1; step <= steps; step++) {
        int[] batch = Arrays.copyOfRange(order, (step - 1) * BATCH, step * BATCH);
        loss += judge.step(shapes, batch, optimizers, step, steps);
        if (step % 100 == 0) {
          System.out.printf("training, step %d of %d: loss %.3f%n", step, steps, loss / 100);
          loss = 0;
        }
      }
      write(optimizers, file);
    } finally {
      optimizers.values().forEach(AdamW::close);
    }
    return read(compute, file);
  }

  private double step(
      ImageSource shapes, int[] batch, Map<Trait, AdamW> optimizers, int step, int steps) {
    byte[][] rgb = new byte[BATCH][];
    for (int i = 0; i < BATCH; i++) {
      RandomStream random = RandomStream.of(TRAINING_SEED, Purpose.AUGMENTATION, batch[i]);
      rgb[i] = augmented(shapes.image(batch[i]).rgb(), random);
    }
    // Up over the first steps, then down to 0 on a cosine.
    double done = (double) step / steps;
    double rate =
        RATE * Math.min(1, (double) step / WARMUP) * (1 + Math.cos(Math.PI * done)) / 2;
    double loss = 0;
    try (NDManager scope = compute.manager().newSubManager()) {
      NDArray images = images(scope, rgb);
      for (Trait trait : Trait.values()) {
        long[] values = Arrays.stream(batch).mapToLong(i -> trait.of(shapes.label(i))).toArray();
        AdamW optimizer = optimizers.get(trait);
        loss +=
            networks
                .get(trait)
                .gradients(scope, images, scope.create(values), optimizer.gradients())
                .getFloat();
        optimizer.step(step, rate, optimizer.gradientNorm());
      }
    }
    return loss;
  }

  private static void write(Map<Trait, AdamW> optimizers, Path file) {
    Map<String, HostTensor> out = new LinkedHashMap<>();
    optimizers.forEach(
        (trait, optimizer) ->
            optimizer
                .average()
                .toHost()
                .forEach((name, tensor) -> out.put(trait + "." + name, tensor)));
    SafeTensors.write(file, out, Map.of("network", "judge of shapes"));
  }

  private static ClassifyShapes read(Compute compute, Path file) {
    Map<Trait, Weights> weights = new EnumMap<>(Trait.class);
    try (TensorFile tensors = SafeTensors.open(file)) {
      for (Trait trait : Trait.values()) {
        Map<String, HostTensor> own = new LinkedHashMap<>();
        Bundled.parameters()
            .forEach(spec -> own.put(spec.name(), tensors.get(trait + "." + spec.name())));
        weights.put(
            trait, Weights.load(compute, Bundled.parameters(), "" + file, own, List.of()));
      }
    }
    return new ClassifyShapes(compute, weights);
  }

  /**
   * Generated pictures are a little soft or grainy, which must not count against what they show: some pictures are
   * blurred by up to a pixel, some get a little noise, a third stay as they are.
   */
  private static byte[] augmented(byte[] rgb, RandomStream random) {
    byte[] out = rgb;
    if (random.nextFloat() < 0.4) {
      out = blurred(out, 0.4 + 0.6 * random.nextDouble());
    }
    if (random.nextFloat() < 0.4) {
      out = noisy(out, 12 * random.nextDouble(), random);
    }
    return out;
  }

  /** Normal noise of so many of 256 levels. */
  private static byte[] noisy(byte[] rgb, double levels, RandomStream random) {
    byte[] out = new byte[BYTES];
    for (int i = 0; i < BYTES; i++) {
      out[i] = level((rgb[i] & 255) + levels * random.nextGaussian());
    }
    return out;
  }

  /** A Gaussian blur: down, then across. */
  private static byte[] blurred(byte[] rgb, double pixels) {
    return blurred(blurred(rgb, pixels, true), pixels, false);
  }

  /** What is outside of the picture is as its rim. */
  private static byte[] blurred(byte[] rgb, double pixels, boolean down) {
    int reach = (int) Math.ceil(3 * pixels);
    double[] weights = new double[2 * reach + 1];
    for (int i = -reach; i <= reach; i++) {
      weights[i + reach] = StrictMath.exp(-i * i / (2 * pixels * pixels));
    }
    double all = Arrays.stream(weights).sum();
    int stride = down ? SIZE * 3 : 3;
    byte[] out = new byte[BYTES];
    for (int i = 0; i < BYTES; i++) {
      int place = i / stride % SIZE;
      double sum = 0;
      for (int k = -reach; k <= reach; k++) {
        int moved = Math.max(0, Math.min(SIZE - 1, place + k));
        sum += weights[k + reach] * (rgb[i + (moved - place) * stride] & 255);
      }
      out[i] = level(sum / all);
    }
    return out;
  }

  /** All but a frame of 8 pixels gets the colour of a corner. */
  private static byte[] erased(byte[] rgb) {
    byte[] out = rgb.clone();
    for (int y = 8; y < SIZE - 8; y++) {
      for (int x = 8; x < SIZE - 8; x++) {
        System.arraycopy(rgb, 0, out, (y * SIZE + x) * 3, 3);
      }
    }
    return out;
  }

  /** What was red is green, green blue, blue red. */
  private static byte[] swapped(byte[] rgb) {
    byte[] out = new byte[BYTES];
    for (int i = 0; i < BYTES; i++) {
      out[i] = rgb[i - i % 3 + (i + 2) % 3];
    }
    return out;
  }

  private static byte[] shuffled(byte[] rgb, int tile, RandomStream random) {
    byte[] out = new byte[BYTES];
    int side = SIZE / tile;
    int[] from = random.permutation(side * side);
    for (int i = 0; i < SIZE * SIZE; i++) {
      int x = i % SIZE;
      int y = i / SIZE;
      int source = from[y / tile * side + x / tile];
      int fromX = source % side * tile + x % tile;
      int fromY = source / side * tile + y % tile;
      System.arraycopy(rgb, (fromY * SIZE + fromX) * 3, out, i * 3, 3);
    }
    return out;
  }

  private static byte level(double value) {
    return (byte) (int) Math.max(0, Math.min(255, value + 0.5));
  }

  @Override
  public void close() {
    networks.values().forEach(Bundled::close);
  }
}
