package io.github.dar.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/** Reading and printing YAML. */
class YamlTest {

  static final List<Path> PRESETS = List.of(Presets.FASHION_MNIST, Presets.TOKENIZER_V1);

  @ParameterizedTest
  @FieldSource("PRESETS")
  void preset_printedAndReadBack_isTheSame(Path file) {
    RunConfig config = Yaml.read(file, RunConfig.class);
    String printed = Yaml.toYaml(config);
    RunConfig again = Yaml.parse(printed, "printed", RunConfig.class);
    assertThat(again).isEqualTo(config);
    assertThat(Yaml.toYaml(again)).isEqualTo(printed);
    assertThat(Yaml.difference(config, again)).isEmpty();
  }

  @Test
  void model_ofARun_isTheConfigurationOfAModelFolder() {
    ModelConfig model = Presets.fashionMnist().model();
    assertThat(Yaml.parse(Yaml.toYaml(model), "config.yaml", ModelConfig.class)).isEqualTo(model);
  }

  @Test
  void toYaml_usesTheReferencesNames() {
    assertThat(Yaml.toYaml(Presets.fashionMnist()))
        .startsWith("image_size: 32\ntokenizer:\n  encoder_patch_size: 4\n")
        .contains("\n  diff_decoder:\n    in_dim: 3\n", "\n  n_kv_head: 4\n", "\n  decay_start: ")
        .contains("\n- Ankle boot\n", "\n  precision: auto\n")
        .doesNotContain("ffn_dim_multiplier", "training:\n  training", "flow:\n");
  }

  @Test
  void toYaml_namesThatYamlWouldTakeForSomethingElse_comeBack() {
    List<String> names =
        List.of("yes", "no", "1", "1e-4", "null", "~", "a: b", "#q", "- a", "x\ny", " é", "'", "[");
    String list = String.join("', '", names).replace("'''", "''''").replace("\n", "\n\n  ");
    ModelConfig config = Yaml.parse("classes: ['" + list + "']", "f", ModelConfig.class);
    assertThat(config.classes()).isEqualTo(names);
    assertThat(Yaml.parse(Yaml.toYaml(config), "f", ModelConfig.class)).isEqualTo(config);
  }

  @Test
  void publishedYaml_hasThePublishedValues() {
    RunConfig config = Yaml.read(Presets.TOKENIZER_V1, RunConfig.class);
    TokenizerConfig tokenizer = config.model().requireTokenizer("test");
    assertThat(config.model().imageSize()).isEqualTo(256);
    assertThat(tokenizer)
        .isEqualTo(
            new TokenizerConfig(
                16,
                8,
                8,
                true,
                768,
                768,
                new QuantizerConfig(8, 16384, true),
                new TokenLayout(256, 8, 32, 8),
                256,
                0,
                10000,
                new DiffusionDecoderConfig(
                    3, 3, 768, 768, 8, 12, new FlowConfig(0.6, 2), false, false, 8, 10000, true)));
  }

  @Test
  void keysOfTheReferenceWithoutEffect_areAccepted() {
    RunConfig config =
        Presets.fashionMnist(
            "tokenizer.diff_decoder.cfg=1.0",
            "ar.caption_dim=2048",
            "ar.max_batch_size=32",
            "ar.max_seq_len=2048",
            "ar.ffn_dim_multiplier=null");
    assertThat(config).isEqualTo(Presets.fashionMnist());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          tokenizer:/  encoder_dmi: 3     | f.yaml:2:3: unknown key 'encoder_dmi' in tokenizer; did you mean 'encoder_dim'?
          model:/  encoder-dim: 3         | f.yaml:2:3: unknown key 'encoder-dim' in model; did you mean 'encoder_dim'?
          tokeniser:/  encoder_dim: 3     | f.yaml:1:1: unknown key 'tokeniser'; did you mean 'tokenizer'?
          whatever: 3                     | f.yaml:1:1: unknown key 'whatever'; there are image_size, tokenizer, model, ar, classes, sampling, tokenizer_training, ar_training
          ar:/  dim: 8/  dim: 9           | f.yaml:3:3: key 'dim' stands here twice, first at line 2; remove one
          ar_training:/  batch: 9         | f.yaml:2:3: keys missing in ar_training: steps, lr; add them
          ar_training: {batch: , steps: ~, lr: null} | f.yaml:1:14: keys missing in ar_training: batch, steps, lr; add them
          ar:/  dim: 7/  n_layer: 1/  n_head: 1 | f.yaml:4:3: ar.n_head is 1; dim (7) must split into n_head heads of an even size
          tokenizer: ~/model: ~           | f.yaml:2:1: 'model' is another name of 'tokenizer', which is there too; remove one
          ar: 3                           | f.yaml:1:5: ar must be a section with keys
          ar: [3]                         | f.yaml:1:5: ar must be a section with keys
          classes: 3                      | f.yaml:1:10: classes must be a list, such as [a, b]
          classes: [a, [b]]               | f.yaml:1:14: classes must be a single value
          classes: [a, ~]                 | f.yaml:1:14: classes must be a single value
          image_size: [3]                 | f.yaml:1:13: image_size must be a single value
          image_size: yes                 | f.yaml:1:13: image_size is 'yes'; it must be a whole number
          image_size: 010                 | f.yaml:1:13: image_size is '010'; it must be a whole number
          image_size: 2.0                 | f.yaml:1:13: image_size is '2.0'; it must be a whole number
          image_size: 0x10                | f.yaml:1:13: image_size is '0x10'; it must be a whole number
          image_size: 3000000000          | f.yaml:1:13: image_size is '3000000000'; it must be a whole number of 32 bits
          image_size: "3/4"               | f.yaml:1:13: image_size is '3 4'; it must be a whole number
          ar: {dim: 8, n_layer: 1, n_head: 1, rope_base: fast} | f.yaml:1:48: ar.rope_base is 'fast'; it must be a number
          ar: {dim: 8, n_layer: 1, n_head: 1, rope_base: .inf} | f.yaml:1:48: ar.rope_base is '.inf'; it must be a number
          ar_training: {batch: 1, steps: 1, lr: 1, flip: yes}  | f.yaml:1:48: ar_training.flip is 'yes'; it must be true or false
          ar_training: {batch: 1, steps: 1, lr: 1, fit: zoom}  | f.yaml:1:47: ar_training.fit is 'zoom'; it must be one of crop, random_crop, ten_crop, pad
          ar_training: {batch: 1, steps: 1, lr: 1, fit: CROP}  | f.yaml:1:47: ar_training.fit is 'CROP'; it must be one of crop, random_crop, ten_crop, pad
          ar: &a {}/model: *a             | f.yaml:2:8: aliases (*name) aren't read here; write the value out
          image_size: 8/---/ar: 3         | f.yaml:3:1: only one YAML document is read; remove '---'
          - a                             | f.yaml:1:1: no configuration; expected keys such as image_size, tokenizer, model, ar, classes, sampling, tokenizer_training, ar_training
          ar: [1, 2                       | f.yaml:1:10: not valid YAML: expected ',' or ']', but got <stream end>
          ar: dim: 3                      | f.yaml:1:8: not valid YAML: mapping values are not allowed here
          """)
  void text_wrong_isRefusedWithPlaceAndMend(String text, String message) {
    assertThatThrownBy(() -> Yaml.parse(text.replace('/', '\n'), "f.yaml", RunConfig.class))
        .isInstanceOf(UserException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          tokenizer.encoder_dmi=3 | -o tokenizer.encoder_dmi=3: unknown key 'encoder_dmi' in tokenizer; did you mean 'encoder_dim'?
          tokeniser.encoder_dim=3 | -o tokeniser.encoder_dim=3: unknown key 'tokeniser'; did you mean 'tokenizer'?
          ar_training.stpes=3     | -o ar_training.stpes=3: unknown key 'stpes' in ar_training; did you mean 'steps'?
          image_size.side=3       | -o image_size.side=3: 'image_size' is a value and has no keys below it
          image_size=big          | -o image_size=big: image_size is 'big'; it must be a whole number
          image_size              | -o image_size: write -o key.path=value
          =3                      | -o =3: write -o key.path=value
          ar_training.betas=[0.9  | -o ar_training.betas=[0.9: not valid YAML: expected ',' or ']', but got <stream end>
          """)
  void override_wrong_isRefusedLikeAFile(String override, String message) {
    assertThatThrownBy(() -> Presets.fashionMnist(override))
        .isInstanceOf(UserException.class)
        .hasMessage(message);
  }

  @Test
  void overrides_apply_inOrderAndByAnyName() {
    RunConfig config =
        Presets.fashionMnist(
            "model.encoder_dim=64",
            "tokenizer.encoder_dim=192",
            "ar_training.betas=[0.8, 0.99]",
            "tokenizer_training.losses={flow: 2}",
            "tokenizer_training.losses.entropy=1e-4",
            "ar_training.seed=1_000");
    assertThat(Yaml.difference(Presets.fashionMnist(), config))
        .containsExactly(
            "tokenizer.encoder_dim: 128 → 192",
            "tokenizer_training.losses.entropy: 0.0 → 1.0E-4",
            "tokenizer_training.losses.flow: 1.0 → 2.0",
            "ar_training.betas: [0.9, 0.95] → [0.8, 0.99]",
            "ar_training.seed: 0 → 1000");
  }

  @Test
  void override_ofASectionThatIsNotThere_makesIt() {
    RunConfig config =
        Yaml.parse(
            "ar: ~", "f", RunConfig.class, List.of("ar.dim=8", "ar.n_head=1", "ar.n_layer=2"));
    assertThat(config.model().requireAr("test").nLayer()).isEqualTo(2);
  }

  @Test
  void difference_ofASectionThatOneLacks_namesItsKeys() {
    RunConfig with = Presets.fashionMnist();
    RunConfig without = Presets.fashionMnist("ar=");
    assertThat(Yaml.difference(with, without)).contains("ar.dim: 256 → none").hasSize(19);
    assertThat(Yaml.difference(without, with)).contains("ar.dim: none → 256").hasSize(19);
  }

  @Test
  void file_missingOrUnreadable_isNamed(@TempDir Path folder) throws IOException {
    Path missing = folder.resolve("none.yaml");
    assertThatThrownBy(() -> Yaml.read(missing, RunConfig.class))
        .isInstanceOf(UserException.class)
        .hasMessage(missing + ": no such file; give the path of a YAML configuration");
    Path binary = Files.write(folder.resolve("b.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe});
    assertThatThrownBy(() -> Yaml.read(binary, RunConfig.class))
        .isInstanceOf(UserException.class)
        .hasMessage(binary + ": not UTF-8 text; is it a YAML configuration?");
    assertThatThrownBy(() -> Yaml.read(folder, RunConfig.class))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(folder + ": can't be read as a file");
  }

  @Test
  void file_damagedAnywhere_isReadOrRefusedInOneLine() throws IOException {
    String text = Files.readString(Presets.FASHION_MNIST);
    SplittableRandom random = new SplittableRandom(1);
    String marks = "\n\t :-{}[],'\"#&*!|>%@`~0.e\\?";
    for (int i = 0; i < 2000; i++) {
      StringBuilder damaged = new StringBuilder(text);
      for (int hits = random.nextInt(1, 4); hits > 0; hits--) {
        char mark = marks.charAt(random.nextInt(marks.length()));
        damaged.setCharAt(random.nextInt(text.length()), mark);
      }
      try {
        Yaml.parse(damaged.toString(), "f.yaml", RunConfig.class);
      } catch (UserException e) {
        assertThat(e.getMessage()).startsWith("f.yaml:").doesNotContain("\n");
      }
    }
  }
}
