package io.github.dar;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The arrows between packages, and who may end the program or know libtorch. */
class ArchitectureTest {

  private static final Path SOURCES = Path.of("src/main/java");

  /** What each package may use; what isn't named here may be used by cli alone. */
  private static final Map<String, List<String>> ARROWS =
      Map.ofEntries(
          entry("config", List.of()),
          entry("fetch", List.of("config")),
          entry("weights", List.of("config")),
          entry("engine", List.of("weights", "config")),
          entry("model", List.of("engine", "weights", "config")),
          entry("features", List.of("model", "engine", "weights", "fetch", "config")),
          entry("data", List.of("engine", "weights", "config")),
          entry("view", List.of("data", "weights", "config")),
          entry("generate", List.of("view", "model", "data", "engine", "weights", "config")),
          entry("train", trainingAndEvaluation()),
          entry("eval", trainingAndEvaluation()),
          entry(
              "bench",
              List.of("train", "generate", "model", "data", "engine", "weights", "config")),
          entry(
              "cli",
              List.of(
                  "bench",
                  "train",
                  "eval",
                  "generate",
                  "view",
                  "features",
                  "model",
                  "data",
                  "engine",
                  "weights",
                  "fetch",
                  "config")));

  private static List<String> trainingAndEvaluation() {
    return List.of(
        "generate", "view", "features", "model", "data", "engine", "weights", "fetch", "config");
  }

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.github.dar");

  private static Stream<String> packages() {
    return ARROWS.keySet().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("packages")
  void package_dependsOnlyOnThoseBelow(String name) {
    String[] forbidden =
        ARROWS.keySet().stream()
            .filter(other -> !other.equals(name) && !ARROWS.get(name).contains(other))
            .map(other -> "io.github.dar." + other + "..")
            .toArray(String[]::new);

    noClasses()
        .that(resideInAPackage("io.github.dar." + name + ".."))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(forbidden)
        .allowEmptyShould(true)
        .check(MAIN);
  }

  /** The root package is dar as a library. */
  @Test
  void library_dependsOnlyOnThoseBelow() {
    String[] forbidden =
        Stream.of("cli", "bench", "train", "eval", "view", "features", "fetch", "weights")
            .map(name -> "io.github.dar." + name + "..")
            .toArray(String[]::new);

    noClasses()
        .that()
        .resideInAPackage("io.github.dar")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(forbidden)
        .check(MAIN);
  }

  @Test
  void library_isUsedByCliAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.github.dar", "io.github.dar.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.github.dar")
        .check(MAIN);
  }

  @Test
  void packages_haveNoCycles() {
    slices().matching("io.github.dar.(*)..").should().beFreeOfCycles().check(MAIN);
  }

  @Test
  void packages_areAllNamedHere() throws IOException {
    try (Stream<Path> folders = Files.list(SOURCES.resolve("io/github/dar"))) {
      assertThat(folders.filter(Files::isDirectory).map(folder -> folder.getFileName().toString()))
          .isSubsetOf(ARROWS.keySet());
    }
  }

  @Test
  void packages_areAllDescribed() throws IOException {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      List<Path> undescribed =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .map(Path::getParent)
              .distinct()
              .filter(folder -> !Files.exists(folder.resolve("package-info.java")))
              .collect(Collectors.toList());
      assertThat(undescribed).isEmpty();
    }
  }

  @Test
  void libtorch_isKnownToEngineAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.github.dar.engine..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.djl.pytorch..")
        .check(MAIN);
  }

  @Test
  void djl_isUnknownToPlainJava() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "io.github.dar.config..",
            "io.github.dar.fetch..",
            "io.github.dar.weights..",
            "io.github.dar.data..",
            "io.github.dar.view..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.djl..")
        .check(MAIN);
  }

  @Test
  void exit_isMainsAlone() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("io.github.dar.cli.Main")
        .should()
        .callMethod(System.class, "exit", int.class)
        .orShould()
        .callMethod(Runtime.class, "exit", int.class)
        .orShould()
        .callMethod(Runtime.class, "halt", int.class)
        .check(MAIN);
  }

  @Test
  void standardStreams_areNobodys() {
    noClasses().should(ACCESS_STANDARD_STREAMS).check(MAIN);
  }
}
