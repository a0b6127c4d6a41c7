package io.github.dar.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dar.config.Fit;
import io.github.dar.config.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebDatasetSourceTest {

  private static final ImageTransform CROP = ImageTransform.of(4, Fit.RANDOM_CROP, true);

  @TempDir Path folder;

  @Test
  void shards_areReadInOrder_labelsFromClsOrJson() throws IOException {
    new Tars()
        .with("./0001.cls", "2")
        .image("./0001.png", 10)
        .image("0002.png", 20)
        .with("0002.json", "{\"label\": 0, \"caption\": \"x\"}")
        .with("0002.txt", "a caption")
        .with("README.md", "not a sample")
        .write(folder.resolve("s-000.tar"));
    new Tars().with("empty.txt", "").write(folder.resolve("s-001.tar"));
    new Tars()
        .image("deep/er/0003.jpg", 30)
        .with("deep/er/0003.cls", " 1\n")
        .image("er/0003.seg.png", 99)
        .image("er/0003.png", 40)
        .with("er/0003.json", "{\"class\": \"1\"}")
        .write(folder.resolve("s-002.tar"));
    ImageSource source = open("s-{000..002}.tar");
    assertThat(firstBytes(source)).containsExactly(10, 20, 30, 40);
    assertThat(labels(source)).containsExactly(2, 0, 1, 1);
    assertThat(source.classNames()).containsExactly("0", "1", "2");
    assertThat(source.describe()).startsWith("4 images in 3 classes of 3 tar shards ");
    Files.writeString(folder.resolve("classes.txt"), "cat\ndog\nowl\n");
    assertThat(open("s-{000..002}.tar").classNames()).containsExactly("cat", "dog", "owl");
  }

  @Test
  void shards_withoutLabels_areOneClass() throws IOException {
    new Tars().image("a.png", 1).image("b.png", 2).write(folder.resolve("s.tar"));
    ImageSource source = open("s.tar");
    assertThat(source.classNames()).containsExactly("images");
    assertThat(labels(source)).containsExactly(0, 0);
    assertThat(source.describe()).contains("2 images in one class (no labels) of 1 tar shard ");
  }

  @Test
  void longNames_areRead() throws IOException {
    String key = "a/" + "long".repeat(40);
    new Tars().image(key + ".png", 7).with(key + ".cls", "0").write(folder.resolve("s.tar"));
    assertThat(firstBytes(open("s.tar"))).containsExactly(7);
  }

  @ParameterizedTest
  @ValueSource(strings = {"s.tar.gz", "s.tgz"})
  void packedShard_isUnpackedOnceIntoTheCache(String name) throws IOException {
    Path packed = sample(5).writeGzip(folder.resolve(name));
    assertThat(firstBytes(open(name))).containsExactly(3, 5);
    assertThat(cached(".unpacked")).hasSize(1);
    FileTime made = Files.getLastModifiedTime(cached(".unpacked").get(0));
    assertThat(firstBytes(open(name))).containsExactly(3, 5);
    assertThat(Files.getLastModifiedTime(cached(".unpacked").get(0))).isEqualTo(made);
    sample(66).writeGzip(packed);
    Files.setLastModifiedTime(packed, FileTime.fromMillis(1_000_000));
    assertThat(firstBytes(open(name))).containsExactly(3, 66);
    assertThat(cached(".unpacked")).hasSize(1);
  }

  @Test
  void index_isKeptBesideTheShard_andMadeAnewWhenStale() throws IOException {
    Path tar = sample(5).write(folder.resolve("s.tar"));
    Path index = folder.resolve(".s.tar.dar-index");
    open("s.tar");
    assertThat(index).exists();
    // What the index says is believed: the labels are not read again.
    String text = Files.readString(index);
    Files.writeString(index, text.replace("\t1\t", "\t8\t"));
    assertThat(labels(open("s.tar"))).containsExactly(0, 8);
    Files.setLastModifiedTime(tar, FileTime.fromMillis(1_000_000));
    assertThat(labels(open("s.tar"))).containsExactly(0, 1);
    Files.writeString(index, Files.readAllLines(index).get(0) + "\nnonsense\n");
    assertThat(labels(open("s.tar"))).containsExactly(0, 1);
    assertThat(Files.readString(index)).doesNotContain("nonsense");
  }

  @Test
  void order_isThatOfAFolderOfTheSameImages() throws IOException {
    Tars first = new Tars();
    Tars second = new Tars();
    for (int i = 0; i < 11; i++) {
      String name = "%02d".formatted(i);
      TestImages.png(
          folder.resolve("folder/" + (i < 6 ? "a" : "b") + "/" + name + ".png"), 5, 4, i);
      (i < 4 ? first : second).image(name + ".png", i).with(name + ".cls", i < 6 ? "0" : "1");
    }
    first.write(folder.resolve("s-0.tar"));
    second.writeGzip(folder.resolve("s-1.tar.gz"));
    sameBatches(open("s-0.tar"), open("s-0.tar"));
    second.write(folder.resolve("s-1.tar"));
    sameBatches(new FolderSource(folder.resolve("folder")), open("s-{0..1}.tar"));
  }

  private static void sameBatches(ImageSource one, ImageSource other) {
    try (ImageBatches a = ImageBatches.training(one, CROP, 4, 3, 0, 2);
        ImageBatches b = ImageBatches.training(other, CROP, 4, 3, 0, 1)) {
      for (int i = 0; i < 7; i++) {
        ImageBatch wanted = a.next();
        ImageBatch got = b.next();
        assertThat(got.labels()).isEqualTo(wanted.labels());
        assertThat(Arrays.equals(got.pixels(), wanted.pixels())).isTrue();
      }
      // A resumed reader goes on in the middle of an epoch.
      try (ImageBatches later = ImageBatches.training(other, CROP, 4, 3, b.position(), 2)) {
        assertThat(Arrays.equals(later.next().pixels(), a.next().pixels())).isTrue();
      }
    }
  }

  @Test
  void shard_cutShort_isRefused() throws IOException {
    byte[] whole = sample(5).bytes();
    byte[] packed = Files.readAllBytes(sample(5).writeGzip(folder.resolve("c.tar.gz")));
    for (int length : new int[] {100, 512 + 20, 512 * 4 + 10}) {
      Files.write(folder.resolve("s.tar"), Arrays.copyOf(whole, length));
      assertRefused("s.tar", "s.tar: is cut short");
    }
    Files.write(folder.resolve("c.tar.gz"), Arrays.copyOf(packed, packed.length / 2));
    assertRefused("c.tar.gz", "c.tar.gz: is cut short or damaged");
    assertThat(cached("")).isEmpty();
    Files.writeString(folder.resolve("c.tar.gz"), "no gzip");
    assertRefused("c.tar.gz", "c.tar.gz: is cut short or damaged");
  }

  @Test
  void badShards_areRefusedInOneLine() throws IOException {
    assertRefused("none.tar", "none.tar: there is no such shard");
    assertRefused("none.tgz", "none.tgz: there is no such shard");
    assertRefused("s-{5..2}.tar", "runs backwards");
    new Tars().with("a.txt", "x").write(folder.resolve("a.tar"));
    assertRefused("a.tar", "holds no images");
    new Tars().with("a.cls", "1").write(folder.resolve("b.tar"));
    assertRefused("b.tar", "the sample a has a class but no image");
    new Tars().image("a.png", 1).with("a.cls", "cat").write(folder.resolve("c.tar"));
    assertRefused("c.tar", "a.cls holds \"cat\", which is no class");
    new Tars().image("a.png", 1).with("a.json", "{").write(folder.resolve("d.tar"));
    assertRefused("d.tar", "a.json is no JSON");
    sample(1).image("z.png", 1).write(folder.resolve("e.tar"));
    assertRefused("e.tar", "z.png: has no class (.cls or .json) while others have");
    sample(1).write(folder.resolve("f.tar"));
    sample(1).write(folder.resolve("f-1.tar"));
    assertRefused("f-{1..2}.tar", "f-2.tar: there is no such shard");
  }

  @Test
  void damagedImage_isNamedWithItsShard() throws IOException {
    new Tars().with("x/a.png", "no image").write(folder.resolve("s.tar"));
    ImageSource source = open("s.tar");
    assertThatThrownBy(() -> source.image(0))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("s.tar: x/a.png: not an image");
    assertThatThrownBy(() -> source.image(1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  /** Two samples of two classes; the second one's gray is given. */
  private static Tars sample(int gray) throws IOException {
    return new Tars().image("1.png", 3).with("1.cls", "0").image("2.png", gray).with("2.cls", "1");
  }

  private ImageSource open(String pattern) {
    return new WebDatasetSource(folder + "/" + pattern, new DataCache(folder.resolve("cache")));
  }

  private List<Path> cached(String ending) throws IOException {
    if (!Files.exists(folder.resolve("cache"))) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder.resolve("cache"))) {
      return files.filter(file -> file.toString().endsWith(ending)).toList();
    }
  }

  private void assertRefused(String pattern, String part) {
    assertThatThrownBy(() -> open(pattern))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(part)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }

  private static int[] firstBytes(ImageSource source) {
    return IntStream.range(0, source.size()).map(i -> source.image(i).rgb()[0] & 0xFF).toArray();
  }

  private static int[] labels(ImageSource source) {
    return IntStream.range(0, source.size()).map(source::label).toArray();
  }
}
