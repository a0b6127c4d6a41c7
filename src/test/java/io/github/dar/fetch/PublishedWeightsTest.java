package io.github.dar.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dar.config.UserException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table of published weights, and where they lie. */
class PublishedWeightsTest {

  @TempDir private Path folder;

  @Test
  void table_isWellFormed() {
    List<PublishedWeights> all = PublishedWeights.all();
    assertThat(all)
        .extracting(PublishedWeights::name)
        .startsWith("vgg16", "dinov2", "inception")
        .doesNotHaveDuplicates();
    Pattern digits = Pattern.compile("-([0-9a-f]{8})\\.pth$");
    for (PublishedWeights weights : all) {
      assertThat(weights.url().getScheme()).isEqualTo("https");
      assertThat(weights.url().getPath()).endsWith("/" + weights.file());
      assertThat(weights.sha256()).matches("([0-9a-f]{8,64})?");
      assertThat(weights.license()).isNotBlank();
      assertThat(weights.use()).isNotBlank();
      Matcher inName = digits.matcher(weights.file());
      if (inName.find()) {
        assertThat(weights.sha256()).startsWith(inName.group(1));
      }
    }
  }

  @Test
  void unknownName_hintsAtTheNearest() {
    assertThatThrownBy(() -> PublishedWeights.named("vgg61"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("did you mean 'vgg16'?");
  }

  @Test
  void folder_isTheOptionElseTheVariableElseTheCache() {
    Path option = Path.of("given");
    Map<String, String> env = Map.of("DAR_WEIGHTS", "from-env", "XDG_CACHE_HOME", "/cache");
    assertThat(WeightsFolder.of(Optional.of(option), env).path()).isEqualTo(option);
    assertThat(WeightsFolder.of(Optional.empty(), env).path()).isEqualTo(Path.of("from-env"));
    assertThat(
            WeightsFolder.of(Optional.empty(), Map.of("DAR_WEIGHTS", " ", "XDG_CACHE_HOME", "/c"))
                .path())
        .isEqualTo(Path.of("/c/dar/weights"));
    Path home = Path.of(System.getProperty("user.home"), ".cache", "dar", "weights");
    assertThat(WeightsFolder.of(Optional.empty(), Map.of()).path()).isEqualTo(home);
    assertThat(WeightsFolder.of(Optional.empty(), Map.of("XDG_CACHE_HOME", "relative")).path())
        .isEqualTo(home);
  }

  @Test
  void file_isFoundAsPublishedOrAsSafetensors() throws Exception {
    WeightsFolder weights = new WeightsFolder(folder);
    assertThatThrownBy(() -> weights.require("dinov2"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'dar fetch dinov2' downloads it");
    Path converted = Files.createFile(folder.resolve("dinov2_vitb14_pretrain.safetensors"));
    assertThat(weights.require("dinov2")).isEqualTo(converted);
    Path published = Files.createFile(folder.resolve("dinov2_vitb14_pretrain.pth"));
    assertThat(weights.require("dinov2")).isEqualTo(published);
  }
}
