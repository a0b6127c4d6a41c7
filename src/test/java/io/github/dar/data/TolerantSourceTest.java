package io.github.dar.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dar.config.Fit;
import io.github.dar.config.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Twenty images of which 3 and 11 can't be read. */
class TolerantSourceTest {

  private static final ImageTransform RANDOM = ImageTransform.of(4, Fit.RANDOM_CROP, true);

  @TempDir Path folder;

  @BeforeEach
  void twentyImages() throws IOException {
    for (int i = 0; i < 20; i++) {
      TestImages.png(folder.resolve(i % 2 + "/%02d.png".formatted(i / 2)), 6, 5, 10 * i);
    }
    // In the order of the folder: the even grays, then the odd ones.
    Files.writeString(folder.resolve("0/03.png"), "no image");
    byte[] jpeg = Reference.resource("files/rgb420.jpg");
    Files.write(folder.resolve("1/01.png"), Arrays.copyOf(jpeg, jpeg.length / 2));
  }

  private TolerantSource open(double maxBadFraction) {
    return new TolerantSource(new FolderSource(folder), maxBadFraction);
  }

  @Test
  void training_takesTheNextGoodImageOfTheOrder_whateverTheThreads() {
    List<Integer> first = indices(0, 1, 8);
    assertThat(first).doesNotContain(3, 11).hasSize(40);
    EpochOrder order = new EpochOrder(5, 20);
    for (int at = 0; at < first.size(); at++) {
      int next = at;
      while (order.at(next) == 3 || order.at(next) == 11) {
        next++;
      }
      assertThat(first.get(at)).isEqualTo(order.at(next));
    }
    assertThat(indices(0, 3, 8)).isEqualTo(first);
    assertThat(indices(15, 2, 5)).isEqualTo(first.subList(15, 40));
  }

  private List<Integer> indices(long position, int threads, int batches) {
    List<Integer> seen = new ArrayList<>();
    try (TolerantSource source = open(0.1);
        ImageBatches reader = ImageBatches.training(source, RANDOM, 5, 5, position, threads)) {
      for (int i = 0; i < batches; i++) {
        ImageBatch batch = reader.next();
        for (int k = 0; k < batch.count(); k++) {
          assertThat(batch.labels()[k]).isEqualTo(batch.indices()[k] < 10 ? 0 : 1);
          seen.add(batch.indices()[k]);
        }
      }
      assertThat(source.skipped()).isLessThanOrEqualTo(2);
    }
    return seen;
  }

  @Test
  void inOrder_leavesThemOut() {
    try (TolerantSource source = open(0.1);
        ImageBatches reader = ImageBatches.inOrder(source, RANDOM, 4, 0, 2)) {
      List<Integer> seen = new ArrayList<>();
      while (reader.hasNext()) {
        ImageBatch batch = reader.next();
        assertThat(batch.pixels()).hasSize(batch.count() * 3 * 4 * 4);
        for (int k = 0; k < batch.count(); k++) {
          int index = batch.indices()[k];
          seen.add(index);
          int gray = index < 10 ? 20 * index : 20 * (index - 10) + 10;
          assertThat(batch.pixels()[k * 48]).isEqualTo(Pixels.toFloat(gray));
        }
      }
      assertThat(seen).hasSize(18).doesNotContain(3, 11).isSorted();
      assertThat(reader.position()).isEqualTo(20);
      assertThat(source.skipped()).isEqualTo(2);
    }
  }

  @Test
  void moreThanAllowed_stopsAndNamesThem() {
    try (TolerantSource source = open(0.05);
        ImageBatches reader = ImageBatches.inOrder(source, RANDOM, 20, 0, 1)) {
      assertThatThrownBy(reader::next)
          .isInstanceOf(UserException.class)
          .hasMessageContaining("2 of 20 images can't be read, more than --max-bad-fraction 0.05")
          .hasMessageContaining(folder.resolve("0/03.png") + ": not an image")
          .hasMessageContaining(folder.resolve("1/01.png") + ": the file is cut short");
    }
  }

  @Test
  void sameImageTwice_countsOnce() {
    try (TolerantSource source = open(0.05)) {
      source.skip(3, new UserException("a"));
      source.skip(3, new UserException("a"));
      assertThat(source.skipped()).isEqualTo(1);
      assertThat(source.example().width()).isEqualTo(6);
    }
  }

  @Test
  void noneGood_isRefused() throws IOException {
    Path bad = Files.createDirectories(folder.resolve("bad"));
    Files.writeString(bad.resolve("a.png"), "");
    try (TolerantSource source = new TolerantSource(new FolderSource(bad), 1);
        ImageBatches reader = ImageBatches.training(source, RANDOM, 2, 0, 0, 1)) {
      assertThatThrownBy(reader::next)
          .isInstanceOf(UserException.class)
          .hasMessageContaining("none of the images can be read");
      assertThatThrownBy(source::example).isInstanceOf(UserException.class);
    }
    assertThatThrownBy(() -> open(1.5)).hasMessageContaining("--max-bad-fraction 1.5: give 0 to 1");
  }
}
