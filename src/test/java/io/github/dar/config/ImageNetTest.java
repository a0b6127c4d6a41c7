package io.github.dar.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

class ImageNetTest {

  private final ClassList classes = new ClassList(ImageNet.classes(), ImageNet.CLASSES);

  @Test
  void names_areOneForEachClass_andDifferInAnyCase() {
    assertThat(ImageNet.classes())
        .hasSize(ImageNet.CLASSES)
        .noneMatch(name -> name.isBlank() || name.contains(",") || !name.equals(name.strip()))
        .startsWith("tench", "goldfish")
        .endsWith("ear", "toilet tissue");
    assertThat(ImageNet.classes().stream().map(String::toLowerCase)).doesNotHaveDuplicates();
  }

  @Test
  void wellKnownClasses_haveTheirNumbers() {
    assertThat(classes.id("--class", "golden retriever")).isEqualTo(207);
    assertThat(classes.id("--class", "Siberian husky")).isEqualTo(250);
    assertThat(classes.id("--class", "volcano")).isEqualTo(980);
    assertThat(classes.id("--class", "cardigan")).isEqualTo(474);
  }

  @Test
  void nameOfTwoClasses_isSaidToBeOfBoth() {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> classes.id("--class", "crane"))
        .withMessageContaining("there are crane (bird); crane (machine)");
  }
}
