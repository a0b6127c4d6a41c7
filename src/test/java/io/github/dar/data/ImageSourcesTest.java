package io.github.dar.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dar.config.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageSourcesTest {

  @TempDir Path folder;

  @Test
  void folder_classesAndImages_areSortedByCodePoints() throws IOException {
    TestImages.png(folder.resolve("b/2.png"), 5, 4, 20);
    TestImages.png(folder.resolve("b/10.png"), 5, 4, 10);
    TestImages.png(folder.resolve("b/deep/er/1.PNG"), 5, 4, 30);
    TestImages.png(folder.resolve("a/x.jpg"), 6, 4, 40);
    TestImages.png(folder.resolve("\uD83D\uDE00/x.png"), 5, 4, 60);
    TestImages.png(folder.resolve("\uFF21/x.png"), 5, 4, 50);
    TestImages.png(folder.resolve(".hidden/x.png"), 5, 4, 70);
    Files.writeString(folder.resolve("b/notes.txt"), "");
    Files.writeString(folder.resolve("README.md"), "");
    try (ImageSource source = open(folder.toString())) {
      assertThat(source.classNames()).containsExactly("a", "b", "\uFF21", "\uD83D\uDE00");
      assertThat(firstBytes(source)).containsExactly(40, 10, 20, 30, 50, 60);
      assertThat(labels(source)).containsExactly(0, 1, 1, 1, 2, 3);
      assertThat(source.image(0).width()).isEqualTo(6);
      assertThat(source.describe())
          .isEqualTo("6 images in 4 class folders of " + folder + "; 2 other files left out");
    }
  }

  @Test
  void folder_flat_isOneClass() throws IOException {
    TestImages.png(folder.resolve("1.png"), 5, 4, 1);
    TestImages.png(folder.resolve("0.png"), 5, 4, 0);
    ImageSource source = open(folder.toString());
    assertThat(source.classNames()).containsExactly("images");
    assertThat(firstBytes(source)).containsExactly(0, 1);
    assertThat(source.describe()).contains("2 images in one class (no class folders)");
  }

  @Test
  void folder_withoutImages_isRefused() throws IOException {
    assertThatThrownBy(() -> open(folder.toString()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(folder + ": the folder holds no images");
    TestImages.png(folder.resolve("a/1.png"), 5, 4, 1);
    Files.createDirectory(folder.resolve("b"));
    assertThatThrownBy(() -> open(folder.toString()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(folder.resolve("b") + ": the class folder holds no images");
  }

  @Test
  void folder_damagedImage_isNamedWhenRead() throws IOException {
    Files.writeString(folder.resolve("1.png"), "no image");
    ImageSource source = open(folder.toString());
    assertThatThrownBy(() -> source.image(0))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(folder.resolve("1.png").toString());
  }

  @ParameterizedTest
  @CsvSource({
    "-images-idx3-ubyte, -labels-idx1-ubyte, false",
    "-images-idx3-ubyte.gz, -labels-idx1-ubyte.gz, true",
    "-images.idx3-ubyte, -labels.idx1-ubyte, false",
    "-images.idx3-ubyte.gz, -labels.idx1-ubyte.gz, true"
  })
  void idx_isRead(String images, String labels, boolean gzip) throws IOException {
    String prefix = folder.resolve("train").toString();
    TestImages.idx(prefix + images, prefix + labels, 7, gzip);
    ImageSource source = open("idx:" + prefix);
    assertThat(firstBytes(source)).containsExactly(0, 1, 2, 3, 4, 5, 6);
    assertThat(labels(source)).containsExactly(0, 1, 2, 0, 1, 2, 0);
    assertThat(source.image(6).width()).isEqualTo(4);
    assertThat(source.image(6).height()).isEqualTo(3);
    assertThat(source.image(6).rgb()).startsWith(6, 6, 6, 0);
    assertThat(source.classNames()).containsExactly("0", "1", "2");
    assertThat(source.describe()).contains("7 gray images of 4x3 in 3 classes");
  }

  @Test
  void idx_classesFile_namesTheClasses() throws IOException {
    String prefix = writeIdx();
    Path classes = folder.resolve("classes.txt");
    Files.writeString(classes, "shirt\ncoat\n\nankle boot\n");
    assertThat(open("idx:" + prefix).classNames()).containsExactly("shirt", "coat", "ankle boot");
    Files.writeString(classes, "shirt\n");
    assertRefused("idx:" + prefix, "1 names for 3 classes");
  }

  @Test
  void idx_badFiles_areRefused() throws IOException {
    String prefix = writeIdx();
    Path images = Path.of(prefix + "-images-idx3-ubyte");
    Path labels = Path.of(prefix + "-labels-idx1-ubyte");
    byte[] whole = Files.readAllBytes(images);
    Files.write(images, Arrays.copyOf(whole, whole.length - 1));
    assertRefused("idx:" + prefix, "holds less than the 84 bytes");
    Files.write(images, Arrays.copyOf(whole, whole.length + 1));
    assertRefused("idx:" + prefix, "holds more than the 84 bytes");
    Files.write(images, Arrays.copyOf(whole, 6));
    assertRefused("idx:" + prefix, "cut short");
    Files.write(images, Files.readAllBytes(labels));
    assertRefused("idx:" + prefix, "starts with 00000801, not 00000803");
    byte[] negative = whole.clone();
    negative[8] = -1;
    Files.write(images, negative);
    assertRefused("idx:" + prefix, "the file is damaged");
    Files.write(images, whole);
    String other = folder.resolve("other").toString();
    TestImages.idx(other + "-images-idx3-ubyte", other + "-labels-idx1-ubyte", 5, false);
    Files.copy(Path.of(other + "-labels-idx1-ubyte"), labels, StandardCopyOption.REPLACE_EXISTING);
    assertRefused("idx:" + prefix, "5 labels for the 7 images");
    assertRefused("idx:" + folder + "/none", "there is no file");
  }

  @ParameterizedTest
  @CsvSource({
    "2:5, 2 3 4",
    ":2, 0 1",
    "5:, 5 6",
    "-2:, 5 6",
    ":-5, 0 1",
    "-3:-1, 4 5",
    "':', 0 1 2 3 4 5 6"
  })
  void range_takesAPart(String range, String expected) throws IOException {
    ImageSource source = open("idx:" + writeIdx() + "#" + range);
    assertThat(IntStream.of(firstBytes(source)).mapToObj(String::valueOf).toList())
        .isEqualTo(List.of(expected.split(" ")));
    assertThat(labels(source))
        .isEqualTo(IntStream.of(firstBytes(source)).map(i -> i % 3).toArray());
    assertThat(source.classNames()).hasSize(3);
    assertThat(source.describe()).startsWith("images " + expected.charAt(0) + " to ");
    assertThatThrownBy(() -> source.image(source.size()))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> source.label(-1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @ParameterizedTest
  @CsvSource({"5:2", "0:8", "7:", "-8:", "3:3", "0:9999999999"})
  void range_outside_isRefused(String range) throws IOException {
    assertRefused("idx:" + writeIdx() + "#" + range, "not inside the 7 images");
  }

  @Test
  void range_malformed_isRefused() {
    assertRefused("shapes:#7", "#7 is not a range; write #FROM:TO");
    assertRefused("shapes:#a:b", "#a:b is not a range");
    assertThatThrownBy(() -> new RangeSource(new ShapesSource(5, 8, 0), 0, 6))
        .isInstanceOf(UserException.class);
  }

  @Test
  void open_folderWithAHashInItsName_isAFolder() throws IOException {
    TestImages.png(folder.resolve("c#/1.png"), 5, 4, 1);
    assertThat(open(folder.resolve("c#").toString()).size()).isEqualTo(1);
    assertThat(open(folder.resolve("c#") + "#0:1").size()).isEqualTo(1);
  }

  @Test
  void open_unknown_saysWhatIsKnown() {
    assertRefused("foo:bar", "foo: is not a kind of source; write DIR, idx:PATH-PREFIX, wds:");
    assertRefused(folder + "/none", "there is no such folder; give DIR");
    assertRefused("C:\\none", "there is no such folder");
    assertRefused("", "data source: is empty");
    assertRefused("wds:a.tar", "a.tar: there is no such shard");
    assertRefused("npz:a.npz", "a.npz does not exist");
    assertRefused("shapes:colour=3", "\"colour=3\" is not known; write shapes:count=50000");
    assertRefused("shapes:count=x", "count=x is not a whole number");
    assertRefused("shapes:count=0", "count is 0; give at least 1");
    assertRefused("shapes:size=1", "size is 1; give 8 to 4096");
  }

  @Test
  void open_file_isRefused() throws IOException {
    Path file = folder.resolve("a.png");
    Files.writeString(file, "");
    assertRefused(file.toString(), "is a file, not a folder");
  }

  private String writeIdx() throws IOException {
    String prefix = folder.resolve("train").toString();
    TestImages.idx(prefix + "-images-idx3-ubyte", prefix + "-labels-idx1-ubyte", 7, false);
    return prefix;
  }

  private static ImageSource open(String spec) {
    return ImageSources.open(spec, 32, 0);
  }

  private static void assertRefused(String spec, String part) {
    assertThatThrownBy(() -> open(spec))
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
