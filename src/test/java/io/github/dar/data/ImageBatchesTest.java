package io.github.dar.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dar.config.Fit;
import io.github.dar.config.UserException;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ImageBatchesTest {

  private static final ImageTransform RANDOM = ImageTransform.of(12, Fit.RANDOM_CROP, true);

  private final ImageSource shapes = new ShapesSource(25, 20, 0);

  @Test
  void training_isTheSameForAnyNumberOfThreads() {
    assertSame(pixels(training(7, 0, 1), 9), pixels(training(7, 0, 3), 9));
  }

  @Test
  void training_isTheSameForAnyBatchSize() {
    assertSame(pixels(training(6, 0, 2), 5), pixels(training(10, 0, 2), 3));
  }

  @Test
  void training_resumedAtAPosition_goesOnAsIfNeverStopped() {
    List<float[]> whole = pixels(training(7, 0, 2), 9);
    ImageBatches first = training(7, 0, 2);
    pixelsOf(first, 4);
    assertThat(first.position()).isEqualTo(28);
    first.close();
    assertSame(pixels(training(7, first.position(), 2), 5), whole.subList(4, 9));
  }

  @Test
  void training_everyEpoch_showsEachImageOnce_inAnotherOrder() {
    Set<List<Integer>> orders = new HashSet<>();
    try (ImageBatches batches = training(7, 0, 2)) {
      List<Integer> seen = new ArrayList<>();
      while (seen.size() < 100) {
        ImageBatch batch = batches.next();
        assertThat(batch.position()).isEqualTo(seen.size());
        assertThat(batch.labels())
            .isEqualTo(Arrays.stream(batch.indices()).map(shapes::label).toArray());
        Arrays.stream(batch.indices()).forEach(seen::add);
      }
      for (int epoch = 0; epoch < 4; epoch++) {
        List<Integer> order = seen.subList(25 * epoch, 25 * epoch + 25);
        assertThat(order)
            .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 25).boxed().toList());
        orders.add(order);
      }
    }
    assertThat(orders).hasSize(4);
  }

  @Test
  void training_anotherSeed_isAnotherOrder() {
    try (ImageBatches one = ImageBatches.training(shapes, RANDOM, 25, 1, 0, 1);
        ImageBatches two = ImageBatches.training(shapes, RANDOM, 25, 2, 0, 1)) {
      assertThat(one.next().indices()).isNotEqualTo(two.next().indices());
    }
  }

  @Test
  void inOrder_givesAllOnce_theLastBatchSmaller() {
    ImageTransform plain = ImageTransform.of(20, Fit.CROP, false);
    try (ImageBatches batches = ImageBatches.inOrder(shapes, plain, 10, 0, 2)) {
      List<Integer> indices = new ArrayList<>();
      List<Integer> counts = new ArrayList<>();
      while (batches.hasNext()) {
        ImageBatch batch = batches.next();
        counts.add(batch.count());
        for (int i = 0; i < batch.count(); i++) {
          indices.add(batch.indices()[i]);
          float[] want = new float[3 * 20 * 20];
          Pixels.toFloats(shapes.image(batch.indices()[i]), want, 0);
          assertThat(Arrays.copyOfRange(batch.pixels(), i * want.length, (i + 1) * want.length))
              .isEqualTo(want);
        }
      }
      assertThat(counts).containsExactly(10, 10, 5);
      assertThat(indices).isEqualTo(IntStream.range(0, 25).boxed().toList());
      assertThatThrownBy(batches::next).isInstanceOf(NoSuchElementException.class);
    }
  }

  @Test
  void next_readsOnlyALittleAhead() throws InterruptedException {
    AtomicInteger reads = new AtomicInteger();
    ImageSource counting = new Counting(shapes, reads);
    try (ImageBatches batches = ImageBatches.training(counting, RANDOM, 5, 0, 0, 2)) {
      Thread.sleep(50);
      assertThat(reads.get()).isZero();
      batches.next();
      Thread.sleep(200);
      assertThat(reads.get()).isEqualTo(10);
      assertThat(batches.waited()).isPositive();
    }
  }

  @Test
  void next_damagedImage_isTheUsersException(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("bad.png"), "no image");
    try (ImageSource source = new FolderSource(folder);
        ImageBatches batches = ImageBatches.inOrder(source, RANDOM, 4, 0, 1)) {
      assertThatThrownBy(batches::next)
          .isInstanceOf(UserException.class)
          .hasMessageContaining("bad.png");
    }
  }

  @Test
  void training_badNumbers_areRefused() {
    assertThatThrownBy(() -> training(0, 0, 1)).isInstanceOf(UserException.class);
    assertThatThrownBy(() -> training(1, 0, 0)).isInstanceOf(UserException.class);
    assertThatThrownBy(() -> training(1, -1, 1)).isInstanceOf(UserException.class);
    assertThatThrownBy(() -> new ImageTransform(8, Fit.CROP, false, 0.9, 0.8))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("0 < MIN <= MAX <= 1");
    assertThatThrownBy(() -> ImageTransform.of(0, Fit.CROP, false))
        .isInstanceOf(UserException.class);
  }

  @ParameterizedTest
  @EnumSource(Fit.class)
  void transform_everyFit_givesTheSize(Fit fit) {
    ImageTransform transform = ImageTransform.of(32, fit, true);
    for (RgbImage image :
        List.of(
            new RgbImage(28, 28, new byte[28 * 28 * 3]),
            new RgbImage(1, 90, new byte[270]),
            Reference.picture("noise_131x70"))) {
      RgbImage square = transform.apply(image, RandomStream.of(0, Purpose.AUGMENTATION, 0));
      assertThat(square.width()).isEqualTo(32);
      assertThat(square.height()).isEqualTo(32);
    }
  }

  @Test
  void transform_tenCrop_takesOneOfTheTen() {
    RgbImage image = Reference.picture("face_501x333");
    List<RgbImage> crops = Crops.tenCrop(Crops.centerCrop(image, 49), 45);
    ImageTransform transform = ImageTransform.of(45, Fit.TEN_CROP, false);
    Set<Integer> taken = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      byte[] rgb = transform.apply(image, RandomStream.of(0, Purpose.AUGMENTATION, i)).rgb();
      taken.add(
          IntStream.range(0, 10)
              .filter(c -> Arrays.equals(crops.get(c).rgb(), rgb))
              .findFirst()
              .orElseThrow());
    }
    assertThat(taken).hasSize(10);
  }

  @Test
  void transform_flip_mirrorsHalf() {
    RgbImage image = shapes.image(3);
    ImageTransform transform = ImageTransform.of(20, Fit.CROP, true);
    int mirrored = 0;
    for (int i = 0; i < 1000; i++) {
      byte[] rgb = transform.apply(image, RandomStream.of(0, Purpose.AUGMENTATION, i)).rgb();
      mirrored += Arrays.equals(rgb, image.rgb()) ? 0 : 1;
    }
    assertThat(mirrored).isBetween(430, 570);
  }

  private ImageBatches training(int batchSize, long position, int threads) {
    return ImageBatches.training(shapes, RANDOM, batchSize, 4, position, threads);
  }

  private static List<float[]> pixels(ImageBatches batches, int count) {
    try (batches) {
      return pixelsOf(batches, count);
    }
  }

  private static List<float[]> pixelsOf(ImageBatches batches, int count) {
    return IntStream.range(0, count).mapToObj(i -> batches.next().pixels()).toList();
  }

  private static void assertSame(List<float[]> got, List<float[]> want) {
    assertThat(Arrays.equals(flat(got), flat(want))).isTrue();
  }

  private static float[] flat(List<float[]> parts) {
    float[] all = new float[parts.stream().mapToInt(part -> part.length).sum()];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  /** Counts the images that are read. */
  private record Counting(ImageSource inner, AtomicInteger reads) implements ImageSource {

    @Override
    public int size() {
      return inner.size();
    }

    @Override
    public RgbImage image(int index) {
      reads.incrementAndGet();
      return inner.image(index);
    }

    @Override
    public int label(int index) {
      return inner.label(index);
    }

    @Override
    public List<String> classNames() {
      return inner.classNames();
    }

    @Override
    public String describe() {
      return inner.describe();
    }
  }
}
