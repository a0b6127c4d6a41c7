package io.github.dar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dar.config.ClassList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClassChoiceTest {

  private static final ClassList KNOWN = new ClassList(List.of(), 1000);

  @Test
  void label_isANameForAFolder_howeverManyClasses() {
    assertThat(ClassChoice.parse("3,14,15", 1, KNOWN, 0).label()).isEqualTo("3-14-15");
    String many =
        IntStream.range(0, 300).mapToObj(String::valueOf).collect(Collectors.joining(","));
    ClassChoice choice = ClassChoice.parse(many, 2, KNOWN, 0);
    assertThat(choice.label()).isEqualTo("300-classes");
    assertThat(choice.classes()).hasSize(600);
  }
}
