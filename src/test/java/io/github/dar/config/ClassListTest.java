package io.github.dar.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Classes by name and by number. */
class ClassListTest {

  private static final ClassList NAMED = new ClassList(List.of("ant", "bee", "2", "dog"), 4);

  @ParameterizedTest
  @CsvSource({"ant, 0", "BEE, 1", "3, 3", "2, 2", "0, 0"})
  void id_isByNameInAnyCaseOrByNumber(String word, long id) {
    assertThat(NAMED.id("class", word)).isEqualTo(id);
  }

  @Test
  void id_nameThatIsANumber_goesFirst() {
    ClassList numbered = new ClassList(List.of("3", "2", "1"), 3);
    assertThat(numbered.id("class", "3")).isZero();
    assertThat(numbered.id("class", "0")).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "be  | class be: no such class; did you mean 'bee'?",
        "cat | class cat: no such class; there are ant, bee, 2, dog",
        "4   | class 4: the model has the classes 0 to 3; give one of them",
        "-1  | class -1: no such class; there are ant, bee, 2, dog"
      })
  void id_ofNoClass_saysWhatThereIs(String word, String message) {
    assertThatThrownBy(() -> NAMED.id("class", word))
        .isInstanceOf(UserException.class)
        .hasMessage(message);
  }

  @Test
  void id_withoutNames_asksForANumber() {
    assertThatThrownBy(() -> new ClassList(List.of(), 10).id("--class", "ant"))
        .isInstanceOf(UserException.class)
        .hasMessage("--class ant: the model has no names; give a number from 0 to 9");
  }
}
